//! The table of routes: which endpoint, which handler, which action on which object. The list of endpoints is
//! `shared::with_every_endpoint!`; a test compares the two.

use super::{
    account, answer, assignment, bank, bank_picture, clip, draft, feed, form, health, insight, interest,
    mastery, media, model, openapi, pack, passkey, person, playlist, practice, progress, review,
    route::{Subject, route},
    settings, sign_in_link, topic, topic_files, upload, watch,
};
use crate::{app::App, policy::Action};
use axum::{Router, routing::get};
use minnow_shared::{self as shared, Endpoint, ErrorCode};

/// One line of the table, for tests and documentation.
#[derive(Debug, Clone, Copy)]
pub struct RouteLine {
    pub endpoint: &'static str,
    pub handler: &'static str,
    pub action: Action,
    /// What it is asked of: `own` for the caller's own things.
    pub subject: &'static str,
    /// What can go wrong beside what can go wrong everywhere.
    pub errors: &'static [ErrorCode],
}

macro_rules! subject {
    ($endpoint:ty, own) => {
        |_: &$endpoint| Subject::Own
    };
    ($endpoint:ty, clip) => {
        |request: &$endpoint| Subject::Clip(request.clip_id.clone())
    };
    ($endpoint:ty, session) => {
        |request: &$endpoint| Subject::Session(request.session_id.clone())
    };
    ($endpoint:ty, question) => {
        |request: &$endpoint| Subject::Question(request.question_id.clone())
    };
    ($endpoint:ty, playlist) => {
        |request: &$endpoint| Subject::Playlist(request.playlist_id.clone())
    };
    ($endpoint:ty, assignment) => {
        |request: &$endpoint| Subject::Assignment(request.assignment_id.clone())
    };
    ($endpoint:ty, passkey) => {
        |request: &$endpoint| Subject::Passkey(request.passkey_id.clone())
    };
}

macro_rules! table {
    ($($words:ident :: $endpoint:ident => $noun:ident :: $handler:ident, $action:ident on $subject:ident, [$($error:ident),*];)*) => {
        /// The routes of all endpoints.
        pub fn endpoints() -> Router<App> {
            Router::new()
                $(.route(
                    <shared::$words::$endpoint as Endpoint>::PATH,
                    route::<shared::$words::$endpoint, _, _>(
                        Action::$action,
                        subject!(shared::$words::$endpoint, $subject),
                        $noun::$handler,
                    ),
                ))*
        }

        /// The table itself.
        pub const LINES: &[RouteLine] = &[
            $(RouteLine {
                endpoint: <shared::$words::$endpoint as Endpoint>::NAME,
                handler: stringify!($handler),
                action: Action::$action,
                subject: stringify!($subject),
                errors: &[$(ErrorCode::$error),*],
            }),*
        ];

        /// What each line's endpoint says of itself, in the order of the table.
        pub fn describe_all(generator: &mut schemars::SchemaGenerator) -> Vec<shared::Described> {
            vec![$(shared::describe::<shared::$words::$endpoint>(generator)),*]
        }
    };
}

table! {
    account::GetSession => account::get_session, ReadPublic on own, [];
    account::StartGuest => account::start_guest, StartGuest on own, [];
    account::CreateAccount => account::create_account, SignIn on own, [InvalidField, HandleTaken, Conflict, Forbidden];
    account::SignInWithPassword => account::sign_in_with_password, SignIn on own, [InvalidField, WrongCredentials];
    account::StartPasskeyRegistration => passkey::start_passkey_registration, SignIn on own, [InvalidField, HandleTaken, Conflict, Forbidden, PasskeyRefused];
    account::FinishPasskeyRegistration => passkey::finish_passkey_registration, SignIn on own, [InvalidField, HandleTaken, Conflict, Forbidden, PasskeyRefused, Expired, NotSignedIn];
    account::StartPasskeySignIn => passkey::start_passkey_sign_in, SignIn on own, [PasskeyRefused];
    account::FinishPasskeySignIn => passkey::finish_passkey_sign_in, SignIn on own, [PasskeyRefused, Expired];
    account::ListPasskeys => passkey::list_passkeys, ManageAccount on own, [];
    account::DeletePasskey => passkey::delete_passkey, ManageAccount on passkey, [Conflict];
    account::RequestSignInLink => sign_in_link::request_sign_in_link, SignIn on own, [InvalidField, MailNotConfigured];
    account::RedeemSignInLink => sign_in_link::redeem_sign_in_link, SignIn on own, [InvalidField, Expired, Conflict, Forbidden, HandleTaken];
    account::ChangePassword => account::change_password, ManageAccount on own, [InvalidField, WrongCredentials];
    account::SignOut => account::sign_out, ManageSessions on own, [];
    account::ListSessions => account::list_sessions, ManageSessions on own, [];
    account::RevokeSession => account::revoke_session, ManageSessions on session, [];
    answer::AnswerQuestion => answer::answer_question, ReactToClip on clip, [InvalidField, Conflict];
    answer::GetAskedQuestion => answer::get_asked_question, Learn on own, [NotFound];
    answer::GiveAnswer => answer::give_answer, Learn on own, [InvalidField, NotFound, Conflict];
    answer::ListAnswers => answer::list_answers, Learn on own, [InvalidField];
    assignment::CreateAssignment => assignment::create_assignment, AssignPlaylist on playlist, [InvalidField, Conflict];
    assignment::ListAssignments => assignment::list_assignments, KeepPlaylists on own, [InvalidField];
    assignment::GetAssignment => assignment::get_assignment, ManageAssignment on assignment, [InvalidField];
    assignment::UpdateAssignment => assignment::update_assignment, ManageAssignment on assignment, [InvalidField];
    assignment::DeleteAssignment => assignment::delete_assignment, ManageAssignment on assignment, [];
    assignment::AssignPeople => assignment::assign_people, ManageAssignment on assignment, [InvalidField, Conflict];
    assignment::UnassignPerson => assignment::unassign_person, ManageAssignment on assignment, [];
    assignment::ListAssigned => assignment::list_assigned, Learn on own, [InvalidField];
    assignment::LeaveAssignment => assignment::leave_assignment, Learn on own, [NotFound];
    assignment::GetInvitation => assignment::get_invitation, ReadPublic on own, [NotFound];
    assignment::JoinAssignment => assignment::join_assignment, Learn on own, [NotFound, Conflict];
    bank::ListQuestions => bank::list_questions, KeepBank on own, [InvalidField];
    bank::ListShelves => bank::list_shelves, KeepBank on own, [];
    bank::CreateQuestion => bank::create_question, KeepBank on own, [InvalidField, Conflict];
    bank::GetBankQuestion => bank::get_bank_question, EditQuestion on question, [];
    bank::UpdateQuestion => bank::update_question, EditQuestion on question, [InvalidField];
    bank::DeleteQuestion => bank::delete_question, EditQuestion on question, [];
    bank::PlaceQuestion => bank::place_question, EditQuestion on question, [InvalidField];
    bank::CopyAsForm => form::copy_as_form, EditQuestion on question, [InvalidField, Conflict];
    bank::SetFormOf => form::set_form_of, EditQuestion on question, [InvalidField];
    bank::PreviewQuestion => bank::preview_question, KeepBank on own, [];
    clip::GetClip => clip::get_clip, ReadClip on clip, [];
    clip::GetTextTwin => clip::get_text_twin, ReadClip on clip, [];
    clip::GetCounts => clip::get_counts, ReadClip on clip, [];
    clip::SetLike => clip::set_like, ReactToClip on clip, [];
    clip::SetSave => clip::set_save, ReactToClip on clip, [];
    clip::ListSaved => clip::list_saved, Learn on own, [InvalidField];
    draft::CreateDraft => draft::create_draft, CreateClip on own, [InvalidField, Conflict];
    draft::ListMyClips => draft::list_my_clips, CreateClip on own, [InvalidField];
    draft::GetDraft => draft::get_draft, ReadDraft on clip, [];
    draft::UpdateDraft => draft::update_draft, EditClip on clip, [InvalidField, NotReady];
    draft::PublishClip => draft::publish_clip, EditClip on clip, [NotReady];
    draft::UnpublishClip => draft::unpublish_clip, UnpublishClip on clip, [];
    draft::DeleteClip => draft::delete_clip, DeleteClip on clip, [];
    feed::GetFeed => feed::get_feed, ReadPublic on own, [InvalidField];
    insight::GetClipInsights => insight::get_clip_insights, ReadInsights on clip, [];
    interest::GetInterests => interest::get_interests, Learn on own, [InvalidField];
    interest::ChangeInterests => interest::change_interests, Learn on own, [InvalidField];
    interest::ForgetInterests => interest::forget_interests, Learn on own, [];
    interest::SetInterest => interest::set_interest, Learn on own, [InvalidField, NotFound];
    interest::ForgetInterest => interest::forget_interest, Learn on own, [NotFound];
    interest::PickTopics => interest::pick_topics, Learn on own, [InvalidField, NotFound];
    interest::ExportInterests => interest::export_interests, Learn on own, [];
    interest::ImportInterests => interest::import_interests, Learn on own, [InvalidField];
    interest::SetRefusal => interest::set_refusal, ReactToClip on clip, [NotFound];
    interest::SetLeaning => interest::set_leaning, ReactToClip on clip, [NotFound];
    interest::GetWhy => interest::get_why, ReactToClip on clip, [InvalidField, NotFound];
    interest_model::GetFeedHealth => model::get_feed_health, Operate on own, [];
    interest_model::FitModel => model::fit_model, Operate on own, [Conflict];
    interest_model::UseModel => model::use_model, Operate on own, [InvalidField, NotFound];
    mastery::ListMastery => mastery::list_mastery, Learn on own, [InvalidField];
    mastery::GetTopicMastery => mastery::get_topic_mastery, Learn on own, [InvalidField, NotFound];
    pack::MakePack => pack::make_pack, Learn on own, [InvalidField, NotFound];
    person::GetAuthor => person::get_author, ReadPublic on own, [NotFound];
    person::ListAuthorClips => person::list_author_clips, ReadPublic on own, [InvalidField, NotFound];
    person::UpdateProfile => person::update_profile, ManageAccount on own, [InvalidField];
    person::ExportPerson => person::export_person, ExportOrDeleteSelf on own, [];
    person::DeletePerson => person::delete_person, ExportOrDeleteSelf on own, [];
    playlist::ListMyPlaylists => playlist::list_my_playlists, KeepPlaylists on own, [InvalidField];
    playlist::ListPlaylists => playlist::list_playlists, ReadPublic on own, [InvalidField, NotFound];
    playlist::CreatePlaylist => playlist::create_playlist, KeepPlaylists on own, [InvalidField, Conflict];
    playlist::GetPlaylist => playlist::get_playlist, ReadPlaylist on playlist, [];
    playlist::UpdatePlaylist => playlist::update_playlist, EditPlaylist on playlist, [InvalidField];
    playlist::DeletePlaylist => playlist::delete_playlist, DeletePlaylist on playlist, [];
    playlist::PlayPlaylist => playlist::play_playlist, ReadPlaylist on playlist, [];
    playlist::FindStepClips => playlist::find_step_clips, EditPlaylist on playlist, [InvalidField];
    playlist::AddStep => playlist::add_step, EditPlaylist on playlist, [Conflict, NotFound];
    playlist::UpdateStep => playlist::update_step, EditPlaylist on playlist, [Conflict, NotFound];
    playlist::MoveStep => playlist::move_step, EditPlaylist on playlist, [NotFound];
    practice::ListPractices => practice::list_practices, KeepBank on own, [];
    practice::CreatePractice => practice::create_practice, KeepBank on own, [InvalidField, Conflict];
    practice::GetPractice => practice::get_practice, ReadPublic on own, [NotFound];
    practice::DeletePractice => practice::delete_practice, KeepBank on own, [NotFound];
    progress::GetProgress => progress::get_progress, Learn on own, [InvalidField, NotFound];
    review::ListReviews => review::list_reviews, Learn on own, [InvalidField];
    review::GetForecast => review::get_forecast, Learn on own, [InvalidField];
    review::GetWorkload => review::get_workload, Learn on own, [InvalidField];
    settings::GetSettings => settings::get_settings, ManageSettings on own, [];
    settings::UpdateSettings => settings::update_settings, ManageSettings on own, [InvalidField];
    topic::ListTopics => topic::list_topics, ReadPublic on own, [InvalidField];
    topic::GetTopicGraph => topic::get_topic_graph, ReadPublic on own, [InvalidField];
    topic::CreateTopic => topic::create_topic, EditTopics on own, [InvalidField, Conflict];
    topic::RenameTopic => topic::rename_topic, EditTopics on own, [InvalidField, NotFound];
    topic::DeleteTopic => topic::delete_topic, EditTopics on own, [NotFound, Conflict];
    topic::AddTopicEdge => topic::add_topic_edge, EditTopics on own, [InvalidField, NotFound, Conflict];
    topic::DeleteTopicEdge => topic::delete_topic_edge, EditTopics on own, [InvalidField];
    watch::RecordWatch => watch::record_watch, Learn on own, [InvalidField];
}

/// What is no endpoint: bytes up and down, health, documentation.
pub fn raw() -> Router<App> {
    Router::new()
        .route("/api/openapi.json", get(openapi::serve))
        .merge(assignment::routes())
        .merge(bank::routes())
        .merge(insight::routes())
        .merge(topic_files::routes())
        .merge(bank_picture::routes())
        .merge(upload::routes())
        .merge(media::routes())
        .merge(health::routes())
}
