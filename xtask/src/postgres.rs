//! A PostgreSQL cluster of our own for as long as a value lives: Debian's binaries, a temporary folder, a free port.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::server::free_port;
use crate::steps::{output, run};

const USER: &str = "minnow";

pub struct Postgres {
    child: Child,
    folder: PathBuf,
    /// With a superuser that may create databases; every test makes its own.
    pub url: String,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let binaries = binaries()?;
        let port = free_port()?;
        let folder = env::temp_dir().join(format!("minnow-postgres-{port}"));
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        // PostgreSQL refuses to run as root; Debian's package brings a user for it.
        let root = output(Command::new("id").arg("-u"))? == "0";
        if root {
            run(Command::new("chown").arg("postgres:postgres").arg(&folder))?;
        }
        let data = folder.join("data");
        let mut initdb = as_postgres(&binaries.join("initdb"), root);
        initdb.arg("--pgdata").arg(&data).args(["--username", USER, "--auth", "trust", "--encoding", "UTF8"]);
        initdb.args(["--locale", "C.UTF-8", "--no-sync"]).stdout(Stdio::null()).current_dir(&folder);
        run(&mut initdb)?;

        let mut postgres = as_postgres(&binaries.join("postgres"), root);
        postgres.arg("-D").arg(&data).current_dir(&folder);
        let socket = format!("unix_socket_directories={}", folder.display());
        let settings = [
            &format!("port={port}"),
            "listen_addresses=127.0.0.1",
            &socket,
            "max_connections=400",
            // The cluster is thrown away: what a power loss would do to it does not matter.
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
        ];
        for setting in settings {
            postgres.args(["-c", setting]);
        }
        let log = fs::File::create(folder.join("postgres.log"))?;
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = postgres.spawn().context("cannot start postgres")?;
        let url = format!("postgres://{USER}@127.0.0.1:{port}/postgres");
        let mut cluster = Self { child, folder, url };
        cluster.wait_until_ready(&binaries, port)?;
        Ok(cluster)
    }

    fn wait_until_ready(&mut self, binaries: &Path, port: u16) -> Result<()> {
        for _ in 0..300 {
            let mut ready = Command::new(binaries.join("pg_isready"));
            ready.args(["--quiet", "--host", "127.0.0.1", "--port", &port.to_string()]);
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() && ready.status()?.success() {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.join("postgres.log")).unwrap_or_default();
        bail!("PostgreSQL did not start:\n{log}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: open connections are closed, nothing of it stays behind.
        run(Command::new("kill").arg("-INT").arg(self.child.id().to_string())).ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Dies with us, however we end.
fn as_postgres(program: &Path, root: bool) -> Command {
    let mut command = Command::new("setpriv");
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.args(["--pdeathsig=INT", "--"]).arg(program);
    command
}

/// The newest of Debian's versions.
fn binaries() -> Result<PathBuf> {
    let versions =
        fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is not installed (package postgresql)")?;
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in versions {
        let path = entry?.path();
        let number = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        if let Some(number) = number
            && path.join("bin/initdb").is_file()
        {
            found.push((number, path.join("bin")));
        }
    }
    found.sort();
    found.pop().map(|(_, path)| path).context("no version of PostgreSQL with initdb is installed")
}
