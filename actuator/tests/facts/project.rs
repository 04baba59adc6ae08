//! A small crate in a folder of its own, built by the real cargo, versioned by the real git.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// What the built program says about itself: `commit` → the id, and so on. Absent facts are
/// absent here.
pub type Said = HashMap<String, String>;

/// A crate under test.
pub struct Project {
    name: String,
    /// The folder of the package.
    pub folder: PathBuf,
    options: &'static str,
    environment: Vec<(String, String)>,
    cargo_args: Vec<&'static str>,
}

impl Project {
    /// A fresh package, not in any repository, at `<place>` below this binary's folder. The place
    /// is the same in each run, so that cargo's artifacts are replaced and do not pile up.
    pub fn new(place: &str) -> Self {
        let top = folder().join(place.split('/').next().unwrap());
        let _ = fs::remove_dir_all(&top);
        Self::at(folder().join(place))
    }

    /// A package in this folder.
    pub fn at(folder: PathBuf) -> Self {
        let relative = folder.strip_prefix(self::folder()).unwrap().to_str().unwrap();
        let project = Self {
            name: relative.replace(['/', '.'], "-"),
            folder,
            options: "",
            environment: Vec::new(),
            cargo_args: Vec::new(),
        };
        project.write_manifest(true);
        project.write_main("");
        project
    }

    /// With `#[actuator(…)]` options beside `crate`.
    pub fn with_options(mut self, options: &'static str) -> Self {
        self.options = options;
        self.write_main("");
        self
    }

    /// Runs cargo with a variable set.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs cargo without the variable again.
    pub fn unset_env(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// Runs cargo with more arguments.
    pub fn set_cargo_args(&mut self, args: &[&'static str]) {
        self.cargo_args = args.to_vec();
    }

    /// Runs cargo with a program called `git` of these lines of shell in front of the real one.
    pub fn replace_git(&mut self, script: &str) {
        let bin = self.folder.join("../bin");
        fs::create_dir_all(&bin).unwrap();
        let git = bin.join("git");
        fs::write(&git, format!("#!/bin/sh\n{script}\n")).unwrap();
        assert!(Command::new("chmod").arg("755").arg(&git).status().unwrap().success());
        let path = env::var("PATH").unwrap();
        self.set_env("PATH", &format!("{}:{path}", bin.display()));
    }

    /// Writes the manifest, with the runtime that the derive needs or without any dependency.
    pub fn write_manifest(&self, with_runtime: bool) {
        let dependency = if with_runtime {
            format!("pretend = {{ path = '{}' }}", runtime().display())
        } else {
            String::new()
        };
        self.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\
                 authors = [\"Ada <ada@example.org>\", \"Bob\"]\n\
                 description = \"a fixture\"\nlicense = \"MIT\"\n\
                 [features]\ndefault = [\"tea\"]\ntea = []\nmilk = []\n\
                 [dependencies]\n{dependency}\n[workspace]\n",
                self.name
            ),
        );
        self.write(".gitignore", "Cargo.lock\n");
        fs::copy(repository().join("Cargo.lock"), self.folder.join("Cargo.lock")).unwrap();
    }

    /// Writes the program; `comment` makes it differ.
    pub fn write_main(&self, comment: &str) {
        self.write(
            "src/main.rs",
            &format!(
                "// {comment}\n#[derive(pretend::ActuatorInfo)]\n\
                 #[actuator(crate = ::pretend, {})]\nstruct Info;\n\
                 fn main() {{ pretend::show::<Info>() }}\n",
                self.options
            ),
        );
    }

    /// Writes a file of the package.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Builds and runs the program.
    pub fn build(&self) -> Said {
        self.build_again().0
    }

    /// Builds and runs the program; whether it had to be compiled.
    pub fn build_again(&self) -> (Said, bool) {
        let output = self.try_build();
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{messages}");
        let said = Command::new(self.binary()).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let said = said
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        (said, messages.contains(&format!("Compiling {} ", self.name)))
    }

    /// Builds the program, which may fail.
    pub fn try_build(&self) -> Output {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["build", "--offline", "--color=never"])
            .args(&self.cargo_args)
            .env("CARGO_TARGET_DIR", target())
            .env_remove("SOURCE_DATE_EPOCH")
            .env_remove("RUSTFLAGS")
            .current_dir(&self.folder);
        for (name, value) in &self.environment {
            cargo.env(name, value);
        }
        cargo.output().unwrap()
    }

    /// The program.
    pub fn binary(&self) -> PathBuf {
        target().join("debug").join(&self.name)
    }

    /// Makes the package a repository with one commit.
    pub fn init(&self) {
        self.git(&["init", "--quiet", "--initial-branch=main"]);
        self.commit();
    }

    /// Commits everything, or nothing.
    pub fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=change"]);
    }

    /// Runs git in the package's folder and gives what it prints.
    pub fn git(&self, args: &[&str]) -> String {
        git_in(&self.folder, args)
    }

    /// The id of the commit that is checked out.
    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }
}

/// Runs git in a folder, away from this machine's configuration.
pub fn git_in(folder: &Path, args: &[&str]) -> String {
    fs::create_dir_all(folder).unwrap();
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "gc.auto=0"])
        .args(["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_COMMITTER_DATE", "2026-08-21T11:01:40+02:00")
        .current_dir(folder)
        .output()
        .expect("these tests need the git command: apt-get install git");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Where the projects are: outside of every repository, one place for each build of these tests.
fn folder() -> PathBuf {
    let mark = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .to_str()
        .unwrap()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "");
    env::temp_dir().canonicalize().unwrap().join(format!("actuator-facts-{mark}"))
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("facts")
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A runtime with nothing but what the derive's code names: the real records, no collection.
fn runtime() -> &'static Path {
    static RUNTIME: OnceLock<PathBuf> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let runtime = folder().join("runtime-crate");
        fs::create_dir_all(runtime.join("src")).unwrap();
        let macros = repository().join("actuator-macros");
        let manifest = format!(
            "[package]\nname = \"pretend\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\nactuator-macros = {{ path = '{}' }}\n[workspace]\n",
            macros.display()
        );
        let sources = repository().join("actuator/src");
        let code = include_str!("runtime.rs.in")
            .replace("FACTS_RS", sources.join("info/facts.rs").to_str().unwrap())
            .replace("SOURCE_RS", sources.join("model/source.rs").to_str().unwrap());
        // Unchanged files keep their times, and cargo its artifacts.
        for (path, text) in [("Cargo.toml", manifest), ("src/lib.rs", code)] {
            let path = runtime.join(path);
            if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
                fs::write(path, text).unwrap();
            }
        }
        runtime
    })
}
