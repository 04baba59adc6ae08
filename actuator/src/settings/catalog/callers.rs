//! The names of settings about callers with certificates and with tokens of an identity provider.

use super::{Entry, Kind, catalog};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.security.certificates.*.subject" Text "" "Subject of a client certificate that is known: CN=ada,O=shop.";
    "actuator.security.certificates.*.common-name" Text "" "Its common name.";
    "actuator.security.certificates.*.san" Text "" "One of its subject alternative names: DNS:ada.example or spiffe://….";
    "actuator.security.certificates.*.fingerprint" Text "" "Its SHA-256 in hexadecimal.";
    "actuator.security.certificates.*.roles" List "viewer" "Roles of its holder.";
    "actuator.security.certificate-roles" List "" "Roles of every other verified client certificate, known by its common name; nobody if unset.";
    "spring.security.oauth2.resourceserver.jwt.jwk-set-uri" Text "" "Address of the keys of the identity provider whose JWTs are believed.";
    "spring.security.oauth2.resourceserver.jwt.issuer-uri" Text "" "The identity provider: the claim iss has to be this, and the keys are where its discovery document says, unless jwk-set-uri is set.";
    "spring.security.oauth2.resourceserver.jwt.audiences" List "" "One of these has to be in the claim aud.";
    "spring.security.oauth2.resourceserver.jwt.jws-algorithms" List "RS256" "Algorithms of signatures: RS256 to RS512, PS256 to PS512, ES256, ES384, EdDSA.";
    "spring.security.oauth2.resourceserver.jwt.public-key-location" Text "" "Refused: keys are fetched from jwk-set-uri.";
    "spring.security.oauth2.resourceserver.jwt.authorities-claim-name" Text "" "Refused: it is actuator.security.jwt.roles-claim here.";
    "spring.security.oauth2.resourceserver.jwt.authority-prefix" Text "" "Refused: roles have no prefix here.";
    "actuator.security.jwt.roles-claim" List "scope,scp,roles" "Claims with the roles; realm_access.roles is a claim within another.";
    "actuator.security.jwt.principal-claim" Text "sub" "Claim with the name of the caller.";
    "actuator.security.jwt.roles.*" List "" "Roles of who has this value in a claim with roles. With none of these set, a value is a role itself.";
    "actuator.security.jwt.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's, for the identity provider.";
    "actuator.security.jwt.client-certificate" Text "" "PEM file of the client certificate for the identity provider.";
    "actuator.security.jwt.client-key" Text "" "PEM file of its private key.";
};
