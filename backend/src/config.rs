//! What the operator sets, by flag or by environment. The only reader of the environment.

use clap::{Args, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// How strict the rate limits are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RateLimits {
    /// None: for load tests only.
    Off,
    /// The usual ones.
    On,
}

/// Where things are stored: all that a command without HTTP needs.
#[derive(Debug, Clone, Args)]
pub struct Storage {
    /// Folder of the database and the media, made when it is not there.
    #[arg(long, env = "MINNOW_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// `sqlite:PATH` or `postgres://…` [default: a SQLite file in the data folder]
    #[arg(long, env = "MINNOW_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// `file:PATH` or `s3://bucket?endpoint=…` [default: a folder in the data folder]
    #[arg(long, env = "MINNOW_MEDIA_URL", hide_env_values = true)]
    pub media_url: Option<String>,

    /// Access key of the S3 bucket.
    #[arg(long, env = "AWS_ACCESS_KEY_ID", hide_env_values = true)]
    pub s3_access_key: Option<String>,

    /// Its secret.
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", hide_env_values = true)]
    pub s3_secret_key: Option<String>,
}

/// Whether tools run shut in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SandboxMode {
    /// In bubblewrap, without network. Media work stops where that cannot be had.
    On,
    /// Not shut in: only where every uploader is trusted.
    Off,
}

/// How media is worked on.
#[derive(Debug, Clone, Args)]
pub struct Tools {
    /// Whether ffmpeg runs in a sandbox.
    #[arg(long, env = "MINNOW_SANDBOX", value_enum, default_value_t = SandboxMode::On)]
    pub sandbox: SandboxMode,

    /// Folders with ffmpeg, ffprobe, espeak-ng and bwrap, separated by colons.
    #[arg(long, env = "PATH", default_value = "/usr/local/bin:/usr/bin:/bin", hide = true)]
    pub tool_path: String,

    /// Longest silence of a tool before it counts as hung, in seconds.
    #[arg(long, env = "MINNOW_TOOL_STALL_SECONDS", default_value_t = 90)]
    pub tool_stall_seconds: u64,

    /// How many media jobs run at once [default: one for each processor, at most 4]
    #[arg(long, env = "MINNOW_WORKERS", default_value_t = default_workers(), hide_default_value = true)]
    pub workers: usize,
}

fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(4)
}

impl Storage {
    pub fn database_url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("minnow.sqlite").display()))
    }

    pub fn s3_credentials(&self) -> Option<(String, String)> {
        self.s3_access_key.clone().zip(self.s3_secret_key.clone())
    }

    pub fn media_url(&self) -> String {
        self.media_url.clone().unwrap_or_else(|| format!("file:{}", self.data_dir.join("media").display()))
    }
}

/// Everything `minnow serve` needs.
#[derive(Debug, Clone, Args)]
pub struct Config {
    #[command(flatten)]
    pub storage: Storage,

    /// Address to listen on.
    #[arg(long, env = "MINNOW_ADDR", default_value = "127.0.0.1:8080")]
    pub addr: SocketAddr,

    /// The address people use, for links, cookies and passkeys [default: http://localhost:PORT]
    #[arg(long, env = "MINNOW_PUBLIC_URL", value_parser = web_address)]
    pub public_url: Option<url::Url>,

    /// Folder of the built site.
    #[arg(long, env = "MINNOW_SITE", default_value = "dist")]
    pub site: PathBuf,

    /// What this server calls itself.
    #[arg(long, env = "MINNOW_NAME", default_value = "Minnow")]
    pub name: String,

    /// Whether new people may make accounts.
    #[arg(long, env = "MINNOW_SIGN_UP", default_value_t = true, action = clap::ArgAction::Set)]
    pub sign_up: bool,

    /// `smtp://user:password@host:port` for sign-in links [default: no mail]
    #[arg(long, env = "MINNOW_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// The sender of mails, such as `Minnow <minnow@example.org>`.
    #[arg(long, env = "MINNOW_MAIL_FROM")]
    pub mail_from: Option<String>,

    /// How many days of what learners did are kept for the feed to learn from; 0: all.
    #[arg(long, env = "MINNOW_KEEP_EVENTS_DAYS", default_value_t = 730)]
    pub keep_events_days: u32,

    /// How many of a thousand places in the feed are given to a clip drawn by chance alone: what is shown there tells later
    /// whether another way of choosing would be better. 5 to 10 are enough.
    #[arg(long, env = "MINNOW_CHANCE_PER_MILLE", default_value_t = 8, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub chance_per_mille: u32,

    /// Rate limits by session and address.
    #[arg(long, env = "MINNOW_RATE_LIMITS", value_enum, default_value_t = RateLimits::On)]
    pub rate_limits: RateLimits,

    /// Take the caller's address from `X-Forwarded-For`: only behind a proxy that sets it.
    #[arg(long, env = "MINNOW_TRUST_FORWARDED_FOR", default_value_t = false, action = clap::ArgAction::Set)]
    pub trust_forwarded_for: bool,

    /// Show /metrics to everybody, not only to this machine.
    #[arg(long, env = "MINNOW_OPEN_METRICS", default_value_t = false, action = clap::ArgAction::Set)]
    pub open_metrics: bool,

    /// Longest time one request may take, in seconds (uploads and media apart).
    #[arg(long, env = "MINNOW_REQUEST_SECONDS", default_value_t = 20)]
    pub request_seconds: u64,

    /// Longest silence of a client that sends a part of an upload, in seconds; what came before is kept.
    #[arg(long, env = "MINNOW_UPLOAD_STALL_SECONDS", default_value_t = 30)]
    pub upload_stall_seconds: u64,

    /// How long open requests may go on after a stop signal, in seconds.
    #[arg(long, env = "MINNOW_DRAIN_SECONDS", default_value_t = 20)]
    pub drain_seconds: u64,

    #[command(flatten)]
    pub tools: Tools,

    /// Load the demo library [default: when the database has no clips yet]
    #[arg(long, env = "MINNOW_DEMO", num_args = 0..=1, default_missing_value = "true")]
    pub demo: Option<bool>,

    /// Do not load the demo library.
    #[arg(long, conflicts_with = "demo")]
    pub no_demo: bool,

    /// How log lines look.
    #[arg(long, env = "MINNOW_LOG_FORMAT", value_enum, default_value_t = LogFormat::Pretty)]
    pub log_format: LogFormat,

    /// What is logged, such as `info` or `minnow=debug,info`.
    #[arg(long, env = "MINNOW_LOG", default_value = "info")]
    pub log: String,
}

impl Config {
    /// What a command that does not serve needs; all else as it is by default.
    ///
    /// # Errors
    /// When the environment sets something that cannot be read.
    pub fn without_serving(storage: Storage, tools: Tools) -> Result<Self, clap::Error> {
        #[derive(clap::Parser)]
        struct Defaults {
            #[command(flatten)]
            config: Config,
        }
        let defaults = <Defaults as clap::Parser>::try_parse_from(["minnow"])?.config;
        Ok(Self { storage, tools, ..defaults })
    }

    /// The address people use, without a path.
    pub fn public_url(&self) -> url::Url {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let host = match self.addr.ip() {
            ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
            std::net::IpAddr::V4(ip) => ip.to_string(),
            std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let text = format!("http://{host}:{}", self.addr.port());
        url::Url::parse(&text).unwrap_or_else(|_| fallback_url())
    }

    /// Whether browsers will keep a `Secure` cookie: over https, or on this very machine.
    pub fn secure_cookies(&self) -> bool {
        let url = self.public_url();
        url.scheme() == "https" || is_local(&url)
    }

    /// Whether people may come by more addresses than one that the operator named: all of this machine's.
    pub fn has_many_addresses(&self) -> bool {
        self.public_url.is_none() && self.addr.ip().is_unspecified()
    }

    /// The same for one request, by the host it was sent to. A server that listens everywhere is reached as `localhost` by
    /// its operator and by an address of the network by a phone beside it, whose browser drops `Secure` cookies.
    pub fn secure_cookies_at(&self, host: Option<&str>, forwarded_https: bool) -> bool {
        match host.filter(|_| self.has_many_addresses()) {
            Some(host) => {
                forwarded_https || url::Url::parse(&format!("http://{host}")).is_ok_and(|url| is_local(&url))
            }
            None => self.secure_cookies(),
        }
    }
}

/// An address of the web: what browsers open.
fn web_address(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).map_err(|error| format!("{error}; begin it with https://"))?;
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err("begin it with https://".into()) }
}

fn is_local(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[allow(clippy::unwrap_used, reason = "a literal")]
fn fallback_url() -> url::Url {
    url::Url::parse("http://localhost").unwrap()
}
