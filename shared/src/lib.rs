//! The words both sides of Minnow speak: ids, endpoints, views, error codes, limits, and the pure rules that the
//! server and the browser must agree on (grading, tries, settings by field, captions). No input or output, no clock, no chance, no async here.

#[macro_use]
mod endpoint;

pub mod account;
pub mod answer;
pub mod asking;
pub mod assignment;
pub mod bank;
pub mod caption;
pub mod clip;
pub mod draft;
pub mod error;
pub mod feed;
mod flat;
pub mod grading;
pub mod id;
pub mod insight;
pub mod interest;
pub mod interest_model;
pub mod limit;
pub mod mastery;
pub mod pack;
pub mod person;
pub mod playlist;
pub mod practice;
pub mod progress;
pub mod question;
pub mod review;
pub mod settings;
pub mod topic;
pub mod upload;
pub mod watch;

pub use endpoint::{Callers, Endpoint, Method, request_parts, request_path, request_rest};
#[cfg(feature = "schema")]
pub use endpoint::{Described, describe};
pub use error::{ErrorCode, ErrorView, Fault};
pub use id::*;

/// Milliseconds since the Unix epoch, UTC.
pub type UnixMillis = i64;

/// Calls `$callback!` with the name of every endpoint there is: the one list that routing, documentation and the
/// tests of both are made from.
#[macro_export]
macro_rules! with_every_endpoint {
    ($callback:ident) => {
        $callback! {
            $crate::account::GetSession,
            $crate::account::StartGuest,
            $crate::account::CreateAccount,
            $crate::account::SignInWithPassword,
            $crate::account::StartPasskeyRegistration,
            $crate::account::FinishPasskeyRegistration,
            $crate::account::StartPasskeySignIn,
            $crate::account::FinishPasskeySignIn,
            $crate::account::ListPasskeys,
            $crate::account::DeletePasskey,
            $crate::account::RequestSignInLink,
            $crate::account::RedeemSignInLink,
            $crate::account::ChangePassword,
            $crate::account::SignOut,
            $crate::account::ListSessions,
            $crate::account::RevokeSession,
            $crate::answer::AnswerQuestion,
            $crate::answer::GetAskedQuestion,
            $crate::answer::GiveAnswer,
            $crate::answer::ListAnswers,
            $crate::assignment::CreateAssignment,
            $crate::assignment::ListAssignments,
            $crate::assignment::GetAssignment,
            $crate::assignment::UpdateAssignment,
            $crate::assignment::DeleteAssignment,
            $crate::assignment::AssignPeople,
            $crate::assignment::UnassignPerson,
            $crate::assignment::ListAssigned,
            $crate::assignment::LeaveAssignment,
            $crate::assignment::GetInvitation,
            $crate::assignment::JoinAssignment,
            $crate::bank::ListQuestions,
            $crate::bank::ListShelves,
            $crate::bank::CreateQuestion,
            $crate::bank::GetBankQuestion,
            $crate::bank::UpdateQuestion,
            $crate::bank::DeleteQuestion,
            $crate::bank::PlaceQuestion,
            $crate::bank::CopyAsForm,
            $crate::bank::SetFormOf,
            $crate::bank::PreviewQuestion,
            $crate::clip::GetClip,
            $crate::clip::GetTextTwin,
            $crate::clip::GetCounts,
            $crate::clip::SetLike,
            $crate::clip::SetSave,
            $crate::clip::ListSaved,
            $crate::draft::CreateDraft,
            $crate::draft::ListMyClips,
            $crate::draft::GetDraft,
            $crate::draft::UpdateDraft,
            $crate::draft::PublishClip,
            $crate::draft::UnpublishClip,
            $crate::draft::DeleteClip,
            $crate::feed::GetFeed,
            $crate::insight::GetClipInsights,
            $crate::interest::GetInterests,
            $crate::interest::ChangeInterests,
            $crate::interest::ForgetInterests,
            $crate::interest::SetInterest,
            $crate::interest::ForgetInterest,
            $crate::interest::PickTopics,
            $crate::interest::ExportInterests,
            $crate::interest::ImportInterests,
            $crate::interest::SetRefusal,
            $crate::interest::SetLeaning,
            $crate::interest::GetWhy,
            $crate::interest_model::GetFeedHealth,
            $crate::interest_model::FitModel,
            $crate::interest_model::UseModel,
            $crate::mastery::ListMastery,
            $crate::mastery::GetTopicMastery,
            $crate::pack::MakePack,
            $crate::person::GetAuthor,
            $crate::person::ListAuthorClips,
            $crate::person::UpdateProfile,
            $crate::person::ExportPerson,
            $crate::person::DeletePerson,
            $crate::playlist::ListMyPlaylists,
            $crate::playlist::ListPlaylists,
            $crate::playlist::CreatePlaylist,
            $crate::playlist::GetPlaylist,
            $crate::playlist::UpdatePlaylist,
            $crate::playlist::DeletePlaylist,
            $crate::playlist::PlayPlaylist,
            $crate::playlist::FindStepClips,
            $crate::playlist::AddStep,
            $crate::playlist::UpdateStep,
            $crate::playlist::MoveStep,
            $crate::practice::ListPractices,
            $crate::practice::CreatePractice,
            $crate::practice::GetPractice,
            $crate::practice::DeletePractice,
            $crate::progress::GetProgress,
            $crate::review::ListReviews,
            $crate::review::GetForecast,
            $crate::review::GetWorkload,
            $crate::settings::GetSettings,
            $crate::settings::UpdateSettings,
            $crate::topic::ListTopics,
            $crate::topic::GetTopicGraph,
            $crate::topic::CreateTopic,
            $crate::topic::RenameTopic,
            $crate::topic::DeleteTopic,
            $crate::topic::AddTopicEdge,
            $crate::topic::DeleteTopicEdge,
            $crate::watch::RecordWatch
        }
    };
}

/// An answer with nothing to say: the call was carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Done {}
