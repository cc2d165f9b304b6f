//! Who may do what to what: one closed table. Handlers run only with a `Permit`, and only `can` makes one.

use minnow_shared::{ErrorCode, PersonId, account::Role};

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Nobody,
    Person { id: PersonId, is_guest: bool, role: Role },
}

impl Actor {
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Actor::Nobody => None,
            Actor::Person { id, .. } => Some(id),
        }
    }

    fn is_account(&self) -> bool {
        matches!(self, Actor::Person { is_guest: false, .. })
    }

    fn has_role(&self, least: Role) -> bool {
        matches!(self, Actor::Person { is_guest: false, role, .. } if *role >= least)
    }
}

/// Everything that can be asked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Feed, topics, author pages, what this server offers.
    ReadPublic,
    /// One clip, its text twin and counts.
    ReadClip,
    /// Become a guest.
    StartGuest,
    /// Every step of signing up and signing in.
    SignIn,
    /// See and end one's own sessions.
    ManageSessions,
    /// Name, password, passkeys.
    ManageAccount,
    /// Answer, watch, and see what one did.
    Learn,
    /// Like and save.
    ReactToClip,
    /// One's own settings.
    ManageSettings,
    /// Take everything along, or away.
    ExportOrDeleteSelf,
    /// Begin a clip and list one's own.
    CreateClip,
    /// See a clip's parts before publication.
    ReadDraft,
    /// Change a clip's parts, its media, and publish it.
    EditClip,
    /// Take a clip back to draft.
    UnpublishClip,
    DeleteClip,
    /// Add to one's own bank of questions, list it, take it out.
    KeepBank,
    /// See one question with its key, change it, place it, delete it.
    EditQuestion,
    /// A playlist, its steps, playing it.
    ReadPlaylist,
    /// Begin a playlist and list one's own.
    KeepPlaylists,
    /// Change what a playlist says, its steps, and who may see it.
    EditPlaylist,
    DeletePlaylist,
    /// Assign a playlist to people.
    AssignPlaylist,
    /// See how far the people of an assignment are, change it, end it.
    ManageAssignment,
    /// Change topics and how they hang together.
    EditTopics,
    /// See what a clip did.
    ReadInsights,
    /// See how the site does, and steer it.
    Operate,
}

impl Action {
    pub const ALL: &'static [Action] = &[
        Action::ReadPublic,
        Action::ReadClip,
        Action::StartGuest,
        Action::SignIn,
        Action::ManageSessions,
        Action::ManageAccount,
        Action::Learn,
        Action::ReactToClip,
        Action::ManageSettings,
        Action::ExportOrDeleteSelf,
        Action::CreateClip,
        Action::ReadDraft,
        Action::EditClip,
        Action::UnpublishClip,
        Action::DeleteClip,
        Action::KeepBank,
        Action::EditQuestion,
        Action::ReadPlaylist,
        Action::KeepPlaylists,
        Action::EditPlaylist,
        Action::DeletePlaylist,
        Action::AssignPlaylist,
        Action::ManageAssignment,
        Action::EditTopics,
        Action::ReadInsights,
        Action::Operate,
    ];
}

/// What it is asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Nothing in particular, or the caller's own things.
    Own,
    /// There is no such thing.
    Absent,
    Clip {
        author: PersonId,
        published: bool,
    },
    /// A session, a passkey, a question or an assignment of a person.
    Belonging {
        owner: PersonId,
    },
    Playlist {
        owner: PersonId,
        /// Who has its address may see it.
        is_open: bool,
        /// It is assigned to the caller.
        is_assigned: bool,
    },
}

/// Proof that the policy said yes. Only `can` makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    action: Action,
    actor: Actor,
}

impl Permit {
    pub fn action(&self) -> Action {
        self.action
    }

    /// Who may.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Whether `actor` may do `action` to `object`.
///
/// # Errors
/// `NotSignedIn`, `AccountNeeded`, `Forbidden`; `NotFound` where even the existence is not the caller's to know.
pub fn can(actor: &Actor, action: Action, object: &Object) -> Result<Permit, ErrorCode> {
    use Action as A;
    match action {
        A::ReadPublic | A::StartGuest | A::SignIn => {}
        A::ReadClip => published_or_own(actor, object)?,
        A::ReactToClip => {
            person(actor)?;
            published_or_own(actor, object)?;
        }
        A::Learn | A::ManageSettings | A::ExportOrDeleteSelf => person(actor)?,
        A::ManageSessions => {
            person(actor)?;
            own(actor, object)?;
        }
        A::ManageAccount | A::EditQuestion | A::ManageAssignment => {
            account(actor)?;
            own(actor, object)?;
        }
        A::CreateClip | A::KeepBank | A::KeepPlaylists => account(actor)?,
        A::ReadPlaylist => readable(actor, object)?,
        A::AssignPlaylist => {
            account(actor)?;
            readable(actor, object)?;
            if !actor.has_role(Role::Organizer) {
                return Err(ErrorCode::Forbidden);
            }
        }
        A::EditPlaylist => {
            account(actor)?;
            owner_or(Role::Operator, actor, object)?;
        }
        A::DeletePlaylist => {
            account(actor)?;
            owner_or(Role::Moderator, actor, object)?;
        }
        A::ReadDraft | A::UnpublishClip | A::DeleteClip => {
            account(actor)?;
            author_or(Role::Moderator, actor, object)?;
        }
        A::EditTopics => {
            account(actor)?;
            if !actor.has_role(Role::Organizer) {
                return Err(ErrorCode::Forbidden);
            }
        }
        A::Operate => {
            account(actor)?;
            if !actor.has_role(Role::Operator) {
                return Err(ErrorCode::Forbidden);
            }
        }
        A::EditClip | A::ReadInsights => {
            account(actor)?;
            author_or(Role::Operator, actor, object)?;
        }
    }
    Ok(Permit { action, actor: actor.clone() })
}

fn person(actor: &Actor) -> Result<(), ErrorCode> {
    actor.person().map(|_| ()).ok_or(ErrorCode::NotSignedIn)
}

fn account(actor: &Actor) -> Result<(), ErrorCode> {
    person(actor)?;
    if actor.is_account() { Ok(()) } else { Err(ErrorCode::AccountNeeded) }
}

fn own(actor: &Actor, object: &Object) -> Result<(), ErrorCode> {
    match object {
        Object::Own => Ok(()),
        Object::Belonging { owner } if actor.person() == Some(owner) => Ok(()),
        _ => Err(ErrorCode::NotFound),
    }
}

fn published_or_own(actor: &Actor, object: &Object) -> Result<(), ErrorCode> {
    match object {
        Object::Clip { published: true, .. } => Ok(()),
        Object::Clip { author, .. } if actor.person() == Some(author) || actor.has_role(Role::Moderator) => {
            Ok(())
        }
        _ => Err(ErrorCode::NotFound),
    }
}

/// A playlist that all may see, one's own, or one that was assigned to the caller.
fn readable(actor: &Actor, object: &Object) -> Result<(), ErrorCode> {
    match object {
        Object::Playlist { is_open: true, .. } | Object::Playlist { is_assigned: true, .. } => Ok(()),
        Object::Playlist { owner, .. }
            if actor.person() == Some(owner) || actor.has_role(Role::Moderator) =>
        {
            Ok(())
        }
        _ => Err(ErrorCode::NotFound),
    }
}

/// The owner of a playlist always may; others from a role on. That a private one exists is a secret.
fn owner_or(role: Role, actor: &Actor, object: &Object) -> Result<(), ErrorCode> {
    readable(actor, object)?;
    match object {
        Object::Playlist { owner, .. } if actor.person() == Some(owner) || actor.has_role(role) => Ok(()),
        _ => Err(ErrorCode::Forbidden),
    }
}

/// The author always may; others from a role on. A published clip's existence is no secret, a draft's is.
fn author_or(role: Role, actor: &Actor, object: &Object) -> Result<(), ErrorCode> {
    match object {
        Object::Clip { author, .. } if actor.person() == Some(author) || actor.has_role(role) => Ok(()),
        Object::Clip { published: true, .. } => Err(ErrorCode::Forbidden),
        _ => Err(ErrorCode::NotFound),
    }
}
