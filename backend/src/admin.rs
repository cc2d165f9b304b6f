//! `minnow admin`: what only an operator does, straight on the database.

use crate::{
    auth::{password::Passwords, session::role_name},
    clock::{Clock, Random, SystemClock, SystemRandom},
    config::Storage,
    store::{self, Db, StoreError},
};
use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use minnow_shared::{PersonId, account::Role, limit};
use std::{
    io::{Read, Write},
    process::ExitCode,
    sync::Arc,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an account with a role, or gives an account that is there another role or password.
    Create(Box<Create>),
}

/// The roles by their names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    Learner,
    Organizer,
    Moderator,
    Operator,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Learner => Role::Learner,
            RoleName::Organizer => Role::Organizer,
            RoleName::Moderator => Role::Moderator,
            RoleName::Operator => Role::Operator,
        }
    }
}

#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    pub storage: Storage,

    /// Lower-case letters, digits, _ and -, beginning with a letter.
    #[arg(long)]
    pub handle: String,

    /// What others see [default: the handle]
    #[arg(long)]
    pub display_name: Option<String>,

    #[arg(long, value_enum, default_value_t = RoleName::Operator)]
    pub role: RoleName,

    /// Read the password from standard input.
    #[arg(long)]
    pub password_stdin: bool,
}

/// Runs an `admin` command of this process.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Create(create) = command;
    let password = if create.password_stdin { Some(read_password()?) } else { None };
    tokio::fs::create_dir_all(&create.storage.data_dir).await.context("cannot make the data folder")?;
    let db = Db::open(&create.storage.database_url()).await.context("cannot open the database")?;
    let said = create_account(&db, &create, password, &SystemClock, Arc::new(SystemRandom)).await?;
    db.close().await;
    writeln!(std::io::stdout(), "{said}")?;
    Ok(ExitCode::SUCCESS)
}

fn read_password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut text).context("cannot read the password")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Makes or changes the account; returns what was done in one sentence.
///
/// # Errors
/// A handle or password that is not of its form; a new account without a password.
pub async fn create_account(
    db: &Db,
    create: &Create,
    password: Option<String>,
    clock: &dyn Clock,
    random: Arc<dyn Random>,
) -> anyhow::Result<String> {
    let (handle, role) = (create.handle.as_str(), Role::from(create.role));
    let name = create.display_name.as_deref().unwrap_or(handle);
    limit::handle(handle).map_err(|problem| anyhow::anyhow!("--handle: {}", problem.detail))?;
    limit::text("display_name", name, 1, limit::DISPLAY_NAME)
        .map_err(|problem| anyhow::anyhow!("--display-name: {}", problem.detail))?;
    let hash = match password {
        Some(password) => {
            limit::text("password", &password, limit::PASSWORD_MIN, limit::PASSWORD)
                .map_err(|problem| anyhow::anyhow!("the password: {}", problem.detail))?;
            Some(Passwords::new(random.clone())?.hash(password).await?)
        }
        None => None,
    };
    let now_ms = clock.now_ms();
    let mut tx = db.begin().await?;
    let there = store::person::find_person_by_handle(&mut tx, handle).await?;
    let is_new = there.is_none();
    let person = match there {
        Some(row) => PersonId::parse(&row.id).context("the account's id")?,
        None if hash.is_none() => bail!("a new account needs a password: give --password-stdin"),
        None => {
            let person = PersonId::new(now_ms, random.id_bits());
            store::person::insert_guest(&mut tx, &person, now_ms).await?;
            match store::person::promote_guest(&mut tx, &person, handle, name, None, now_ms).await {
                Err(StoreError::Duplicate(_)) => bail!("the handle {handle} is taken"),
                outcome => outcome?,
            };
            person
        }
    };
    store::person::update_role(&mut tx, handle, role_name(role), now_ms).await?;
    if let Some(hash) = hash {
        store::sign_in::upsert_password(&mut tx, &person, &hash, now_ms).await?;
    }
    tx.commit().await?;
    let what = if is_new { "made" } else { "changed" };
    Ok(format!("account @{handle} {what}: {}", role_name(role)))
}
