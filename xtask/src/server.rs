//! A release server on a free port for as long as a value lives: for the API check, the shots and the measurements.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cargo::build_server;
use crate::site::{self, Mode};
use crate::steps::run;
use crate::workspace::Workspace;

/// The demo library is rendered on the first start, which takes minutes on two cores.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

pub struct Server {
    child: Child,
    pub url: String,
    pub log: PathBuf,
}

/// The site and the server, built unless they are there.
pub fn build(workspace: &Workspace) -> Result<()> {
    site::build(workspace, Mode::Release)?;
    build_server(workspace)
}

impl Server {
    /// Starts on `data_dir` and waits until /readyz says yes. What it writes goes to `server.log` there.
    pub fn start(workspace: &Workspace, data_dir: &Path, args: &[&str]) -> Result<Self> {
        fs::create_dir_all(data_dir).with_context(|| data_dir.display().to_string())?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let log = data_dir.join("server.log");
        let output = fs::File::create(&log).with_context(|| log.display().to_string())?;
        // Dies with us, however we end.
        let child = Command::new("setpriv")
            .args(["--pdeathsig=TERM", "--"])
            .arg(workspace.server())
            .args(["serve", "--addr", &address.to_string()])
            .arg("--data-dir")
            .arg(data_dir)
            .arg("--site")
            .arg(workspace.dist())
            .args(args)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {}", workspace.server().display()))?;
        let mut server = Self { child, url: format!("http://{address}"), log };
        server.wait_until_ready(address)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, address: SocketAddr) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if status_of(address, "/readyz").is_some_and(|status| status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                bail!("the server ended with {status} before it was ready:\n{log}");
            }
            sleep(Duration::from_millis(100));
        }
        bail!(
            "the server was not ready after {} minutes, see {}",
            PATIENCE.as_secs() / 60,
            self.log.display()
        )
    }
}

impl Server {
    /// Makes an operator and signs in: the `Cookie` header of the session.
    pub fn operator_cookie(&self, workspace: &Workspace, data_dir: &Path) -> Result<String> {
        const HANDLE: &str = "examiner";
        const PASSWORD: &str = "a password for one test";
        let mut admin = Command::new(workspace.server())
            .args(["admin", "create", "--handle", HANDLE, "--role", "operator", "--password-stdin"])
            .arg("--data-dir")
            .arg(data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start minnow admin create")?;
        admin.stdin.take().context("no standard input")?.write_all(PASSWORD.as_bytes())?;
        let status = admin.wait()?;
        if !status.success() {
            bail!("minnow admin create ended with {status}");
        }
        let body = serde_json::json!({"handle": HANDLE, "password": PASSWORD}).to_string();
        let authority = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority)?;
        write!(
            stream,
            "POST /api/session/password HTTP/1.1\r\nhost: {authority}\r\norigin: {}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.url,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let cookie = answer.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let session = name.eq_ignore_ascii_case("set-cookie") && value.contains("HttpOnly");
            session.then(|| value.trim().split(';').next().unwrap_or_default().to_owned())
        });
        cookie.with_context(|| format!("no session came back: {}", answer.lines().next().unwrap_or_default()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A graceful stop, as an operator would; the std library has no way to send SIGTERM.
        let asked = run(Command::new("kill").arg("-TERM").arg(self.child.id().to_string()));
        for _ in 0..100 {
            if asked.is_err() || self.child.try_wait().is_ok_and(|status| status.is_some()) {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        // Does nothing to a process that has been waited for.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    /// Waits until the feed holds `clips` clips: a library that is being rendered takes minutes. Says how far it is.
    pub fn wait_for_clips(&mut self, clips: usize) -> Result<()> {
        let address: SocketAddr =
            self.url.trim_start_matches("http://").parse().context("the server's address")?;
        let (start, mut seen) = (Instant::now(), None);
        while start.elapsed() < PATIENCE {
            let answer = get(address, "/metrics", u64::MAX).unwrap_or_default();
            let published: Option<usize> = answer
                .lines()
                .find_map(|line| line.strip_prefix("minnow_published_clips "))
                .and_then(|count| count.trim().parse().ok());
            if published.is_some_and(|published| published >= clips) {
                return Ok(());
            }
            if published.is_some() && published != seen {
                eprintln!("   {} of {clips} clips", published.unwrap_or_default());
                seen = published;
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}, see {}", self.log.display());
            }
            sleep(Duration::from_secs(1));
        }
        bail!(
            "the demo library was not there after {} minutes, see {}",
            PATIENCE.as_secs() / 60,
            self.log.display()
        )
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// The status of one GET; nothing when nobody answers.
fn status_of(address: SocketAddr, path: &str) -> Option<u16> {
    get(address, path, 64)?.split(' ').nth(1)?.parse().ok()
}

/// Head and body of one GET, the first `most` bytes of them; nothing when nobody answers.
fn get(address: SocketAddr, path: &str, most: u64) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.take(most).read_to_string(&mut answer).ok()?;
    Some(answer)
}
