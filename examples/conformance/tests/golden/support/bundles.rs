//! Certificates like the recorded ones: the same names, numbers and versions, and valid, expired or
//! about to expire whenever the replay runs.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, Error, PKCS_RSA_SHA256, PublicKeyData,
    SerialNumber, SignatureAlgorithm, SigningKey, date_time_ymd,
};

const DAY: u64 = 24 * 60 * 60;
/// What the first day of 2020 is after 1970, and when on a day the recorded ones begin and end.
const DAYS_TO_2020: u64 = 18_262;
const TIME_OF_DAY: u64 = 9 * 3600 + 31 * 60 + 23;

/// `good.pem` and `mixed.pem`: what was in the two key stores, in their order.
pub fn write(folder: &Path) {
    let since_2020 = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() / DAY - DAYS_TO_2020;
    let good = certificate("app.example", 0x951b_37d1_a5af_3d65, since_2020 + 3650);
    let mixed = [
        certificate("app.example", 0x4b99_ba89_6924_5ae3, since_2020 + 3650),
        certificate("old.example", 0xf556_7629_840c_facc, 30),
        certificate("soon.example", 0xd354_0185_ca61_d71f, since_2020 + 5),
    ];
    fs::write(folder.join("good.pem"), good).unwrap();
    fs::write(folder.join("mixed.pem"), mixed.concat()).unwrap();
}

/// Valid from the beginning of 2020 for so many days.
fn certificate(name: &str, serial: u64, days: u64) -> String {
    let begin = date_time_ymd(2020, 1, 1) + Duration::from_secs(TIME_OF_DAY);
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Example");
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    params.not_before = begin;
    params.not_after = begin + Duration::from_secs(days * DAY);
    params.self_signed(&NoKey).unwrap().pem()
}

/// Stands where a key of RSA would: nobody looks at signatures, and making keys takes long.
struct NoKey;

impl PublicKeyData for NoKey {
    fn der_bytes(&self) -> &[u8] {
        &[0]
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for NoKey {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(vec![0])
    }
}
