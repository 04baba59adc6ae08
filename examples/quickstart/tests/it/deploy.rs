//! `deploy/kubernetes.yaml` and `deploy/Dockerfile`: the service is started with exactly the settings
//! that stand there, and is asked what whoever may reach it is asked for.
#![cfg(target_os = "linux")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc::{Receiver, channel},
};

use testkit::{Answer, Process, Program, Request};

use crate::quickstart;

const MANIFEST: &str = include_str!("../../../../deploy/kubernetes.yaml");
const DOCKERFILE: &str = include_str!("../../../../deploy/Dockerfile");

/// bcrypt of `s3cr3t-w0rd`, and of a token its digest: what takes the place of `REPLACE`.
const HASH: &str = "$2b$04$abcdefghijklmnopqrstuuDKonwxuW8NLBTKV1UymApQSnqCNTVn6";
const DIGEST: &str = "7213330aedd0f9cd6a3f2f8dc0e9295dbdd380ef671807c39223b99edac9ac82";
const PROMETHEUS: (&str, &str) = ("authorization", "Bearer the-token-of-prometheus");
const OPS: (&str, &str) = ("authorization", "Basic b3BzOnMzY3IzdC13MHJk");
const ADMIN_SERVER: (&str, &str) =
    ("authorization", "Basic c3ByaW5nLWJvb3QtYWRtaW46czNjcjN0LXcwcmQ=");
const MOUNT: &str = "/run/secrets/quickstart";

/// The document of the manifest whose kind this is.
fn document(kind: &str) -> &'static str {
    let line = format!("\nkind: {kind}\n");
    MANIFEST.split("\n---\n").find(|document| document.contains(&line)).expect(kind)
}

/// A scalar without its quotes.
fn plain(scalar: &str) -> &str {
    scalar.trim().trim_matches('"')
}

/// The variables of the container that have a value, in the two forms that the manifest has.
fn variables() -> Vec<(&'static str, &'static str)> {
    let (mut found, mut name) = (Vec::new(), None);
    let block = document("Deployment").split("\n          env:\n").nth(1).unwrap();
    for line in block.split("\n          volumeMounts:\n").next().unwrap().lines() {
        let line = line.trim();
        if let Some(pair) = line.strip_prefix("- { name: ") {
            let (name, value) = pair.strip_suffix('}').unwrap().split_once(", value: ").unwrap();
            found.push((name, plain(value)));
        } else if let Some(one) = line.strip_prefix("- name: ") {
            name = Some(one);
        } else if let Some(value) = line.strip_prefix("value: ") {
            found.push((name.take().unwrap(), plain(value)));
        }
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

/// The settings of the mounted secret.
fn secrets() -> Vec<(&'static str, &'static str)> {
    let data = document("Secret").split("\nstringData:\n").nth(1).unwrap();
    let lines = data.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| line.split_once(": ").unwrap());
    pairs.map(|(name, value)| (name, plain(value))).collect()
}

/// What an operator writes over a placeholder.
fn replaced(name: &str, value: &str) -> String {
    let by = if name.ends_with("sha256") { DIGEST } else { "s3cr3t-w0rd" };
    value.replace("{bcrypt}REPLACE", &format!("{{bcrypt}}{HASH}")).replace("REPLACE", by)
}

/// A folder beside the binaries, removed with its test.
struct Mount(PathBuf);

impl Mount {
    /// The secret as Kubernetes mounts it: links to links, read-only.
    fn of(test: &str, fill: impl Fn(&str, &str) -> String) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("deploy-{test}"));
        let _ = std::fs::remove_dir_all(&root);
        let secrets = root.join("secrets");
        std::fs::create_dir_all(secrets.join("..2026")).unwrap();
        std::fs::create_dir_all(root.join("tmp")).unwrap();
        std::os::unix::fs::symlink("..2026", secrets.join("..data")).unwrap();
        for (name, value) in self::secrets() {
            std::fs::write(secrets.join("..2026").join(name), fill(name, value)).unwrap();
            let target = Path::new("..data").join(name);
            std::os::unix::fs::symlink(target, secrets.join(name)).unwrap();
        }
        Self(root)
    }

    fn temporary(&self) -> String {
        self.0.join("tmp").display().to_string()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program in a pod of the manifest, on free ports, with nobody behind the admin server's name.
fn in_pod(program: Program, mount: &Mount) -> Program {
    let secrets = mount.0.join("secrets").display().to_string();
    let mut program = program
        .env("KUBERNETES_SERVICE_HOST", "10.0.0.1")
        .env("KUBERNETES_SERVICE_PORT", "443")
        .env("POD_NAME", "quickstart-7")
        .env("POD_NAMESPACE", "shop")
        .env("NODE_NAME", "node-1")
        .env("TMPDIR", &mount.temporary());
    for (name, value) in variables() {
        let value = match name {
            "SERVER_PORT" | "MANAGEMENT_SERVER_PORT" => "0".to_owned(),
            "SPRING_BOOT_ADMIN_CLIENT_URL" => "http://127.0.0.1:1".to_owned(),
            "ACTUATOR_SHUTDOWN_DELAY" => "0s".to_owned(),
            _ => value.replace(MOUNT, &secrets),
        };
        program = program.env(name, &value);
    }
    program
}

/// What stands behind the admin server's name: it accepts every registration, and gives the first.
fn admin_server() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, registered) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = String::new();
            let mut lines = BufReader::new(&stream);
            while lines.read_line(&mut request).unwrap_or_default() > 2 {}
            let length = request.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse().unwrap())
            });
            let mut body = vec![0; length.unwrap_or(0)];
            let _ = lines.read_exact(&mut body);
            let _ = sender.send(String::from_utf8(body).unwrap());
            let answer = "{\"id\":\"q\"}";
            let head =
                "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nconnection: close";
            let length = answer.len();
            let _ = write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{answer}");
        }
    });
    (url, registered)
}

/// Where the management API of a service listens, asked on loopback.
fn management(service: &mut Process) -> SocketAddr {
    let line = service.log_until("management at http://");
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap();
    address.replace("0.0.0.0", "127.0.0.1").parse().unwrap()
}

fn ask(address: SocketAddr, path: &str, who: (&str, &str)) -> Answer {
    Request::get(&format!("/actuator/{path}")).header(who.0, who.1).send(address)
}

fn set_level(address: SocketAddr, who: (&str, &str)) -> Answer {
    let request = Request::post("/actuator/loggers/quickstart", r#"{"configuredLevel":"DEBUG"}"#);
    request.header(who.0, who.1).send(address)
}

#[test]
fn the_manifest_as_it_stands_lets_nobody_in_because_it_does_not_start() {
    let mount = Mount::of("placeholders", |_, value| value.to_owned());
    let (status, log) = in_pod(quickstart(), &mount).spawn().finish();
    assert_eq!(status.code(), Some(1), "{log}");
    for name in [
        "spring.security.user.password",
        "actuator.security.users.spring-boot-admin.password",
        "actuator.security.tokens.prometheus.sha256",
    ] {
        assert!(log.contains(name), "{name}: {log}");
    }
    assert!(!log.contains("REPLACE"), "secrets are not repeated: {log}");
}

#[test]
fn in_a_pod_of_the_manifest_everybody_may_do_what_is_theirs() {
    let mount = Mount::of("pod", replaced);
    let (url, registered) = admin_server();
    let told = in_pod(quickstart(), &mount).env("SPRING_BOOT_ADMIN_CLIENT_URL", &url);
    let mut service = told.start();
    let management = management(&mut service);
    // The admin server is told where and as whom it may ask.
    let told = registered.recv_timeout(testkit::PATIENCE).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let port = management.port().to_string();
    assert!(told["managementUrl"].as_str().unwrap().contains(&port), "{told}");
    assert_eq!(told["metadata"]["user.name"], "spring-boot-admin");
    assert_eq!(told["metadata"]["user.password"], "s3cr3t-w0rd");
    assert_eq!(told["metadata"]["k8s.pod"], "quickstart-7");
    // Whoever comes to the application's port.
    service.get("/livez").assert_status(200);
    service.get("/readyz").assert_status(200);
    service.get("/actuator/health").assert_status(404);
    // A stranger at the management port.
    let stranger = ("accept", "*/*");
    let health = ask(management, "health", stranger).assert_status(200).json();
    assert!(health.get("components").is_none(), "{health}");
    for path in ["", "info", "env", "prometheus", "nothing"] {
        ask(management, path, stranger).assert_status(401);
    }
    set_level(management, stranger).assert_status(401);
    // Prometheus reads.
    let meters = ask(management, "prometheus", PROMETHEUS).assert_status(200).text();
    assert!(meters.contains("process_uptime_seconds"), "{meters}");
    set_level(management, PROMETHEUS).assert_status(403);
    // People and the admin server read and write.
    for who in [OPS, ADMIN_SERVER] {
        let health = ask(management, "health", who).assert_status(200).json();
        assert_eq!(health["components"]["shopKey"]["status"], "UP", "{health}");
        set_level(management, who).assert_status(204);
    }
    // Nobody sees a secret, and nobody stops it.
    for path in ["env", "configprops"] {
        let shown = ask(management, path, OPS).assert_status(200).text();
        let known = [HASH, DIGEST, "s3cr3t"].into_iter().find(|secret| shown.contains(secret));
        assert_eq!(known, None, "{shown}");
    }
    let stop = Request::new("POST", "/actuator/shutdown").header(OPS.0, OPS.1);
    stop.send(management).assert_status(404);

    let log = service.stop();
    assert!(!log.contains(" WARN "), "{log}");
}

#[test]
fn it_needs_nothing_to_write_but_its_temporary_files() {
    let script =
        "mount -t tmpfs none \"$TMPDIR\" && mount -o remount,bind,ro / && exec \"$0\" \"$@\"";
    let own = Command::new("unshare").args(["-rm", "true"]).output().expect("util-linux");
    let program = if own.status.success() {
        let shell = Program::at("unshare").arg("-rm").arg("sh").arg("-c").arg(script);
        shell.arg(env!("CARGO_BIN_EXE_quickstart"))
    } else {
        // Where no file system of one's own can be had, what it has open has to do.
        quickstart()
    };
    let mount = Mount::of("read-only", replaced);
    let mut service = in_pod(program, &mount).start();
    let management = management(&mut service);
    set_level(management, OPS).assert_status(204);
    let health = ask(management, "health", OPS).assert_status(200).json();
    assert_eq!(health["components"]["tempDir"]["status"], "UP", "{health}");
    let open = std::fs::read_dir(format!("/proc/{}/fd", service.id())).unwrap();
    for link in open.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok()) {
        assert!(!link.is_file(), "{} is open", link.display());
    }
}

#[test]
fn the_pod_has_nobodys_rights_and_the_policy_names_who_comes_to_its_management_port() {
    let deployment = document("Deployment");
    for line in [
        "runAsNonRoot: true",
        "readOnlyRootFilesystem: true",
        "allowPrivilegeEscalation: false",
        "capabilities: { drop: [ALL] }",
        "seccompProfile: { type: RuntimeDefault }",
        "automountServiceAccountToken: false",
        "enableServiceLinks: false",
        "{ name: management, mountPath: /run/secrets/quickstart, readOnly: true }",
    ] {
        assert!(deployment.contains(line), "{line}");
    }
    let policy = document("NetworkPolicy").split("- ports: [{ port: management }]").nth(1).unwrap();
    assert!(policy.contains("app: spring-boot-admin") && policy.contains("name: prometheus"));
    assert!(
        !document("Service").contains("targetPort: management"),
        "the Service must not publish it"
    );
    // What is probed is there without credentials.
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let probe = deployment.split(&format!("{probe}:\n")).nth(1).unwrap();
        let path = probe.split("path: ").nth(1).unwrap().split(',').next().unwrap();
        assert!(["/livez", "/readyz"].contains(&path), "{path}");
    }
    // The user of the image is that of the pod.
    let user = instruction("USER").split(':').next().unwrap();
    assert!(deployment.contains(&format!("runAsUser: {user}\n")), "{user}");
}

/// What stands behind the last instruction of this name, its lines joined.
fn instruction(name: &str) -> &'static str {
    let (start, _) = DOCKERFILE.rmatch_indices(&format!("\n{name} ")).next().expect(name);
    let text = &DOCKERFILE[start + name.len() + 2..];
    let ends = text.match_indices('\n').map(|(at, _)| at);
    let end = ends.clone().find(|at| !text[..*at].ends_with('\\')).unwrap();
    &text[..end]
}

/// The items of a list in the form of JSON.
fn list(text: &str) -> Vec<String> {
    serde_json::from_str(&text[text.find('[').unwrap()..]).unwrap()
}

#[test]
fn the_image_holds_no_shell_and_no_root_and_asks_itself_how_it_is() {
    assert_eq!(instruction("FROM"), "scratch");
    assert!(instruction("USER").split(':').all(|id| id.parse::<u32>().unwrap() >= 1000));
    assert_eq!(instruction("STOPSIGNAL"), "SIGTERM");
    let (entry, check) = (list(instruction("ENTRYPOINT")), list(instruction("HEALTHCHECK")));
    assert_eq!(entry[0], check[0], "one program, without a shell around it");
    let variables: Vec<_> =
        instruction("ENV").split(' ').map(|pair| pair.split_once('=').unwrap()).collect();
    assert!(variables.contains(&("SERVER_PORT", instruction("EXPOSE"))));

    let port = testkit::free_port().to_string();
    let in_image = || {
        variables.iter().fold(quickstart(), |program, (name, value)| {
            program.env(name, if *name == "SERVER_PORT" { &port } else { value })
        })
    };
    let mut service = in_image().start();
    let (status, said) = check[1..].iter().fold(in_image(), |p, a| p.arg(a)).spawn().finish();
    assert_eq!((status.code(), said.as_str()), (Some(0), "UP"));
    // Until settings say more, strangers reach health.
    service.log_until("exposes health");
    service.get("/actuator/health").assert_status(200);
    service.get("/actuator/env").assert_status(404);
    let log = service.stop();
    assert!(!log.contains(" WARN "), "{log}");
}
