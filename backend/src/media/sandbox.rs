//! Running a program on a stranger's file: bubblewrap without network and with nothing to see but the program's
//! libraries, the input and one output folder; limits on memory, processor time, file size and wall clock.
//! Arguments are a list; no shell is involved.

use bytes::Bytes;
use std::{
    ffi::{OsStr, OsString},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdin},
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};

/// The end of what a program wrote to its standard error: enough to say why.
const STDERR_TAIL_BYTES: usize = 64 * 1024;

/// How programs are shut in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    Bubblewrap,
    /// The operator's choice, for machines without user namespaces. The limits still hold; file system and network
    /// are the server's own.
    Off,
}

/// What one run may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub wall: Duration,
    /// Longest silence on standard output before the program counts as hung.
    pub stall: Duration,
    pub cpu_seconds: u64,
    pub memory_bytes: u64,
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(900),
            stall: Duration::from_secs(90),
            cpu_seconds: 1800,
            memory_bytes: 3 << 30,
            file_bytes: 1 << 30,
        }
    }
}

/// Why a run came to nothing that is not the program's own verdict on its input.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{0} is not installed")]
    Missing(String),
    #[error("the sandbox does not start: {0}")]
    NoSandbox(String),
    #[error("{0} was killed")]
    Killed(String),
    #[error("{0} hung and was stopped")]
    Hung(String),
    #[error("it took longer than allowed")]
    TookTooLong,
    #[error("the disk is full")]
    DiskFull,
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

enum Argument {
    Text(OsString),
    /// Index into `inputs`.
    Input(usize),
    Output(String),
}

/// One run to be: a program, its arguments, the files it may read and the one folder it may write.
pub struct Command {
    program: &'static str,
    arguments: Vec<Argument>,
    inputs: Vec<PathBuf>,
    output: Option<PathBuf>,
    stdin: Option<mpsc::Receiver<Bytes>>,
    limits: Limits,
}

/// How a program ended.
pub struct Finished {
    pub status: ExitStatus,
    /// The last 64 KiB.
    pub stderr: String,
    /// The reader had enough and the program was stopped.
    pub stopped: bool,
}

impl Command {
    pub fn new(program: &'static str, limits: Limits) -> Self {
        Self { program, arguments: Vec::new(), inputs: Vec::new(), output: None, stdin: None, limits }
    }

    pub fn arg(mut self, text: impl AsRef<OsStr>) -> Self {
        self.arguments.push(Argument::Text(text.as_ref().to_owned()));
        self
    }

    pub fn args<T: AsRef<OsStr>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(texts.into_iter().map(|t| Argument::Text(t.as_ref().to_owned())));
        self
    }

    /// A file to be read: becomes an argument under a neutral name. The name of the file outside is never seen.
    pub fn input(mut self, file: &Path) -> Self {
        self.arguments.push(Argument::Input(self.inputs.len()));
        self.inputs.push(file.to_owned());
        self
    }

    /// The folder that `output` names lie in.
    pub fn output_folder(mut self, folder: &Path) -> Self {
        self.output = Some(folder.to_owned());
        self
    }

    /// A file to be written in the output folder.
    pub fn output(mut self, name: impl Into<String>) -> Self {
        self.arguments.push(Argument::Output(name.into()));
        self
    }

    /// What to write to its standard input, until the sender is dropped.
    pub fn stdin(mut self, pieces: mpsc::Receiver<Bytes>) -> Self {
        self.stdin = Some(pieces);
        self
    }
}

#[derive(Debug, Clone)]
pub struct Sandbox {
    confinement: Confinement,
    search_path: Vec<PathBuf>,
}

impl Sandbox {
    /// `search_path`: the folders programs are looked for in, as in `PATH`.
    pub fn new(confinement: Confinement, search_path: Vec<PathBuf>) -> Self {
        Self { confinement, search_path }
    }

    pub fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// Where a program is.
    ///
    /// # Errors
    /// `Missing` when no folder of the search path has it.
    pub fn find(&self, program: &str) -> Result<PathBuf, Trouble> {
        self.search_path
            .iter()
            .map(|folder| folder.join(program))
            .find(|path| path.is_file())
            .ok_or_else(|| Trouble::Missing(program.to_owned()))
    }

    /// Whether programs can be run shut in here: runs `true`.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn check(&self) -> Result<(), Trouble> {
        let limits =
            Limits { wall: Duration::from_secs(10), stall: Duration::from_secs(10), ..Limits::default() };
        let finished = self.run(Command::new("true", limits), |_| ControlFlow::Continue(())).await?;
        if finished.status.success() { Ok(()) } else { Err(Trouble::NoSandbox(finished.stderr)) }
    }

    fn argument_list(&self, command: &Command) -> Result<(PathBuf, Vec<OsString>), Trouble> {
        let program = self.find(command.program)?;
        let prlimit = self.find("prlimit")?;
        let inner = self.confinement == Confinement::Bubblewrap;
        // Programs from outside /usr are shown to the sandbox under a name of their own.
        let shown_as = |program: &Path, name: &str| {
            let elsewhere = inner && !program.starts_with("/usr");
            if elsewhere { PathBuf::from(format!("/tool/{name}")) } else { program.to_owned() }
        };
        let (shown, shown_prlimit) = (shown_as(&program, command.program), shown_as(&prlimit, "prlimit"));
        let mut list: Vec<OsString> = Vec::new();
        if inner {
            list.extend(namespace_arguments());
            for (outer, inner) in [(&program, &shown), (&prlimit, &shown_prlimit)] {
                if inner != outer {
                    list.extend(bind("--ro-bind", outer, inner));
                }
            }
            for (index, input) in command.inputs.iter().enumerate() {
                list.extend(bind("--ro-bind", input, Path::new(&format!("/in/{index}"))));
            }
            if let Some(folder) = &command.output {
                list.extend(bind("--bind", folder, Path::new("/out")));
            }
            list.push("--".into());
            list.push(shown_prlimit.into());
        }
        let limits = &command.limits;
        list.push(format!("--as={}", limits.memory_bytes).into());
        list.push(format!("--cpu={}", limits.cpu_seconds).into());
        list.push(format!("--fsize={}", limits.file_bytes).into());
        list.push("--core=0".into());
        list.push("--nofile=256".into());
        if inner {
            // Counted per user namespace, so that the server's own threads do not count.
            list.push("--nproc=512".into());
        }
        list.push("--".into());
        list.push(shown.into());
        for argument in &command.arguments {
            list.push(match argument {
                Argument::Text(text) => text.clone(),
                Argument::Input(index) if inner => format!("/in/{index}").into(),
                Argument::Input(index) => {
                    command.inputs.get(*index).map(|p| p.clone().into_os_string()).unwrap_or_default()
                }
                Argument::Output(name) if inner => format!("/out/{name}").into(),
                Argument::Output(name) => {
                    command.output.as_ref().map(|f| f.join(name).into_os_string()).unwrap_or_default()
                }
            });
        }
        let first = if inner {
            self.find("bwrap").map_err(|_| {
                Trouble::NoSandbox(
                    "bubblewrap (bwrap) is not installed; MINNOW_SANDBOX=off runs without".into(),
                )
            })?
        } else {
            prlimit
        };
        Ok((first, list))
    }

    /// Runs to the end. `on_stdout` is given standard output as it comes and may stop the program.
    ///
    /// # Errors
    /// Everything that is not the program's own exit code: see `Trouble`.
    pub async fn run(
        &self,
        mut command: Command,
        on_stdout: impl FnMut(&[u8]) -> ControlFlow<()> + Send,
    ) -> Result<Finished, Trouble> {
        let (first, list) = self.argument_list(&command)?;
        let mut child = tokio::process::Command::new(first)
            .args(list)
            .env_clear()
            .stdin(if command.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .current_dir("/")
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let deadline = Instant::now() + command.limits.wall;
        let feed = feed(child.stdin.take(), command.stdin.take());
        let watched = watch(&mut child, deadline, command.limits.stall, on_stdout);
        let ((), watched) = tokio::join!(feed, watched);
        let watched = match watched {
            Ok(watched) => watched,
            Err(ended) => {
                // bwrap's own death takes everything in its process namespace with it.
                let _ = child.kill().await;
                return Err(match ended {
                    Ended::Deadline => Trouble::TookTooLong,
                    Ended::Stall => Trouble::Hung(command.program.to_owned()),
                    Ended::Io(error) => Trouble::Io(error),
                });
            }
        };
        if watched.stopped {
            let _ = child.start_kill();
        }
        let status = match timeout_at(deadline, child.wait()).await {
            Ok(status) => status?,
            Err(_) => {
                let _ = child.kill().await;
                return Err(Trouble::TookTooLong);
            }
        };
        let stderr = String::from_utf8_lossy(&watched.stderr).into_owned();
        let finished = Finished { status, stderr, stopped: watched.stopped };
        if finished.stopped { Ok(finished) } else { verdict(command.program, finished) }
    }
}

/// Read-only system folders, an empty everything else, no network, no other process.
fn namespace_arguments() -> Vec<OsString> {
    let mut list: Vec<OsString> = ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        .into_iter()
        .map(OsString::from)
        .collect();
    list.extend(bind("--ro-bind", Path::new("/usr"), Path::new("/usr")));
    for name in ["lib", "lib64", "bin", "sbin"] {
        let outer = Path::new("/").join(name);
        match std::fs::read_link(&outer) {
            Ok(target) => list.extend(["--symlink".into(), target.into(), outer.into()]),
            Err(_) => list.extend(bind("--ro-bind-try", &outer, &outer)),
        }
    }
    for file in ["/etc/ld.so.cache", "/etc/alternatives"] {
        list.extend(bind("--ro-bind-try", Path::new(file), Path::new(file)));
    }
    list.extend(
        ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp"].map(OsString::from),
    );
    list.extend(
        ["--setenv", "PATH", "/usr/bin", "--setenv", "HOME", "/tmp", "--setenv", "LC_ALL", "C.UTF-8"]
            .map(OsString::from),
    );
    list
}

fn bind(how: &str, outer: &Path, inner: &Path) -> [OsString; 3] {
    [how.into(), outer.into(), inner.into()]
}

async fn feed(stdin: Option<ChildStdin>, pieces: Option<mpsc::Receiver<Bytes>>) {
    let (Some(mut stdin), Some(mut pieces)) = (stdin, pieces) else { return };
    while let Some(piece) = pieces.recv().await {
        // A program that stops reading says why by its exit code.
        if stdin.write_all(&piece).await.is_err() {
            return;
        }
    }
}

struct Watched {
    stderr: Vec<u8>,
    stopped: bool,
}

enum Ended {
    Deadline,
    Stall,
    Io(std::io::Error),
}

/// Reads both outputs until both are closed, the reader has had enough, or time is over.
async fn watch(
    child: &mut Child,
    deadline: Instant,
    stall: Duration,
    mut on_stdout: impl FnMut(&[u8]) -> ControlFlow<()> + Send,
) -> Result<Watched, Ended> {
    let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Ended::Io(std::io::Error::other("no pipes")));
    };
    let errors = async move {
        let (mut tail, mut buffer) = (Vec::new(), vec![0; 8192]);
        while let Ok(length @ 1..) = stderr.read(&mut buffer).await {
            tail.extend_from_slice(buffer.get(..length).unwrap_or_default());
            if tail.len() > 2 * STDERR_TAIL_BYTES {
                tail.drain(..tail.len() - STDERR_TAIL_BYTES);
            }
        }
        tail
    };
    let output = async move {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = match timeout(stall, stdout.read(&mut buffer)).await {
                Ok(read) => read.map_err(Ended::Io)?,
                Err(_) => return Err(Ended::Stall),
            };
            if read == 0 {
                return Ok(false);
            }
            if on_stdout(buffer.get(..read).unwrap_or_default()).is_break() {
                return Ok(true);
            }
        }
    };
    let both = async {
        tokio::pin!(errors);
        tokio::pin!(output);
        let mut done: Option<Vec<u8>> = None;
        loop {
            tokio::select! {
                tail = &mut errors, if done.is_none() => done = Some(tail),
                output = &mut output => {
                    let stopped = output?;
                    let stderr = match done {
                        Some(tail) => tail,
                        None if stopped => Vec::new(),
                        None => errors.await,
                    };
                    return Ok(Watched { stderr, stopped });
                }
            }
        }
    };
    match timeout_at(deadline, both).await {
        Ok(watched) => watched,
        Err(_) => Err(Ended::Deadline),
    }
}

/// Tells a program's own verdict from what happened to it. Inside bubblewrap a signal shows as 128 + its number.
fn verdict(program: &str, finished: Finished) -> Result<Finished, Trouble> {
    use std::os::unix::process::ExitStatusExt;
    const SIGKILL: i32 = 9;
    const SIGTERM: i32 = 15;
    const SIGXCPU: i32 = 24;
    let signal =
        finished.status.signal().or_else(|| finished.status.code().map(|c| c - 128).filter(|s| *s > 0));
    match signal {
        Some(SIGKILL | SIGTERM) => return Err(Trouble::Killed(program.to_owned())),
        Some(SIGXCPU) => return Err(Trouble::TookTooLong),
        _ => {}
    }
    if finished.status.success() {
        return Ok(finished);
    }
    let said = finished.stderr.as_str();
    if said.starts_with("bwrap: ") {
        return Err(Trouble::NoSandbox(said.trim().to_owned()));
    }
    if said.contains("No space left on device") {
        return Err(Trouble::DiskFull);
    }
    if said.contains("prlimit: failed to execute") {
        return Err(Trouble::Missing(program.to_owned()));
    }
    Ok(finished)
}
