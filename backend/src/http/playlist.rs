//! Playlists: made, changed step by step, found, played. Whom they are assigned to is in `assignment`.

use super::{
    assignment,
    clip_views::{self, small, tile},
    context::Call,
    error::ApiError,
    page,
    route::Answer,
};
use crate::{
    app::App,
    playlist::{Placed, Target, place_for},
    policy::{self, Action, Actor, Object},
    store::{
        self, Tx,
        clip::TileRow,
        playlist::{Among, NewStep, PlaylistChange, PlaylistRow, StepRow},
    },
};
use minnow_shared::{
    Done, ErrorCode, PersonId, PlaylistId, StepId,
    feed::FeedPageView,
    limit,
    person::AuthorView,
    playlist::{
        AddStep, CreatePlaylist, DeletePlaylist, FindStepClips, GetPlaylist, ListMyPlaylists, ListPlaylists,
        MoveStep, PathView, PlayPlaylist, PlaylistPageView, PlaylistTileView, PlaylistView, Shelf,
        StepClipView, StepClipsView, StepFacts, StepState, StepView, UpdatePlaylist, UpdateStep, Visibility,
        check_texts, count_done, walk,
    },
};
use std::collections::HashMap;

/// Clips of one page to play: the last but one asks for more.
const PLAYED: usize = 6;
/// Posters of a playlist in a list.
const POSTERS: usize = 3;
/// Steps that were taken out are kept this long: 30 days.
const REMOVED_MS: i64 = 30 * 86_400_000;

/// A playlist as the policy sees it for this caller.
pub async fn object_of(app: &App, actor: &Actor, id: &PlaylistId) -> Result<Object, ApiError> {
    let row = store::playlist::find_playlist_owner(&app.db, id, actor.person()).await?;
    Ok(row
        .and_then(|row| {
            let owner = PersonId::parse(&row.owner_id).ok()?;
            let is_open = Visibility::named(&row.visibility) != Visibility::Private;
            Some(Object::Playlist { owner, is_open, is_assigned: row.is_assigned })
        })
        .unwrap_or(Object::Absent))
}

pub async fn list_my_playlists(call: Call, request: ListMyPlaylists) -> Answer<ListMyPlaylists> {
    let after = page::read(request.cursor.as_deref())?;
    let rows = store::playlist::list_own(&call.app.db, call.person()?, after, page::PAGE).await?;
    tile_page(&call, rows).await
}

pub async fn list_playlists(call: Call, request: ListPlaylists) -> Answer<ListPlaylists> {
    let after = page::read(request.cursor.as_deref())?;
    let words = request.words.unwrap_or_default();
    limit::text("words", &words, 0, limit::SEARCH_WORDS)?;
    let owner = match &request.handle {
        Some(handle) => Some(super::person::find_author(&call, handle).await?.id),
        None => None,
    };
    let db = &call.app.db;
    let rows = store::playlist::list_public(db, &words, owner.as_deref(), after, page::PAGE).await?;
    tile_page(&call, rows).await
}

async fn tile_page(call: &Call, rows: Vec<PlaylistRow>) -> Answer<ListPlaylists> {
    let next_cursor = page::write(rows.len(), rows.last().map(|row| (row.place_ms, row.id.as_str())));
    let playlists = tiles(&call.app, call.person_if_any(), rows).await?;
    Ok(PlaylistPageView { playlists, next_cursor })
}

/// Playlists as lists show them, in the order given.
pub async fn tiles(
    app: &App,
    person: Option<&PersonId>,
    rows: Vec<PlaylistRow>,
) -> Result<Vec<PlaylistTileView>, ApiError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut steps: HashMap<String, Vec<StepRow>> = HashMap::new();
    for row in store::playlist::list_steps(&app.db, &ids, person).await? {
        steps.entry(row.playlist_id.clone()).or_default().push(row);
    }
    let view = |row: PlaylistRow| {
        let steps = steps.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let facts: Vec<StepFacts> = steps.iter().map(facts).collect();
        let posters = steps.iter().filter_map(|step| step.poster_small_key.as_deref());
        Ok(PlaylistTileView {
            id: PlaylistId::parse(&row.id).map_err(ApiError::internal)?,
            title: row.title,
            about: row.about,
            visibility: Visibility::named(&row.visibility),
            owner_handle: row.owner_handle.unwrap_or_default(),
            owner_name: row.owner_name,
            steps: count(steps.len()),
            done: count_done(&facts),
            gates: count(facts.iter().filter(|step| step.is_gate && step.questions > 0).count()),
            duration_ms: duration_ms(steps),
            poster_urls: posters.take(POSTERS).map(|key| app.media.url_of(key)).collect(),
            updated_at_ms: row.updated_at_ms,
        })
    };
    rows.into_iter().map(view).collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn duration_ms(steps: &[StepRow]) -> u64 {
    steps.iter().filter_map(|step| step.duration_ms).map(|ms| ms.max(0).unsigned_abs()).sum()
}

pub(super) fn facts(row: &StepRow) -> StepFacts {
    StepFacts {
        is_gone: row.clip_id.is_none(),
        is_gate: row.is_gate,
        questions: small(row.questions),
        right: small(row.right_count),
        is_watched: row.watched,
    }
}

pub async fn create_playlist(call: Call, request: CreatePlaylist) -> Answer<CreatePlaylist> {
    let (app, person, id) = (&call.app, call.person()?, &request.playlist_id);
    check_texts(Some(&request.title), Some(&request.about))?;
    let mut tx = app.db.begin().await?;
    let has = store::playlist::count_playlists(&mut tx, person).await?;
    if usize::try_from(has).is_ok_and(|has| has >= limit::PLAYLISTS) {
        return Err(ApiError::new(ErrorCode::Conflict, format!("at most {} playlists", limit::PLAYLISTS)));
    }
    if !store::playlist::insert_playlist(&mut tx, id, person, app.now_ms()).await? {
        let row = store::playlist::find_playlist_owner(&mut tx, id, None).await?;
        if row.is_some_and(|row| row.owner_id == person.as_str()) {
            drop(tx);
            return view(&call, id).await;
        }
        let detail = "this playlist id is somebody else's playlist";
        return Err(ApiError::new(ErrorCode::Conflict, detail).field("playlist_id"));
    }
    let change = change(Some(request.title), Some(request.about), Some(request.visibility));
    store::playlist::update_playlist(&mut tx, id, &change, app.now_ms()).await?;
    tx.commit().await?;
    view(&call, id).await
}

fn change(title: Option<String>, about: Option<String>, visibility: Option<Visibility>) -> PlaylistChange {
    PlaylistChange {
        title: title.map(|text| text.trim().to_owned()),
        about: about.map(|text| text.trim().to_owned()),
        visibility: visibility.map(|visibility| visibility.name().to_owned()),
    }
}

pub async fn get_playlist(call: Call, request: GetPlaylist) -> Answer<GetPlaylist> {
    view(&call, &request.playlist_id).await
}

pub async fn update_playlist(call: Call, request: UpdatePlaylist) -> Answer<UpdatePlaylist> {
    check_texts(request.title.as_deref(), request.about.as_deref())?;
    let change = change(request.title, request.about, request.visibility);
    let mut tx = call.app.db.begin().await?;
    store::playlist::update_playlist(&mut tx, &request.playlist_id, &change, call.app.now_ms()).await?;
    tx.commit().await?;
    view(&call, &request.playlist_id).await
}

pub async fn delete_playlist(call: Call, request: DeletePlaylist) -> Answer<DeletePlaylist> {
    let mut tx = call.app.db.begin().await?;
    store::playlist::delete_playlist(&mut tx, &request.playlist_id).await?;
    tx.commit().await?;
    Ok(Done {})
}

/// A playlist for this caller.
async fn view(call: &Call, id: &PlaylistId) -> Result<PlaylistView, ApiError> {
    view_of(call, id, false).await
}

/// A playlist for this caller. `whole`: with the clips behind a closed gate as well.
pub(super) async fn view_of(call: &Call, id: &PlaylistId, whole: bool) -> Result<PlaylistView, ApiError> {
    let (app, person) = (&call.app, call.person_if_any());
    let row =
        store::playlist::find_playlist(&app.db, id).await?.ok_or_else(|| ApiError::not_found("playlist"))?;
    let steps = store::playlist::list_steps(&app.db, &[id.to_string()], person).await?;
    let all_facts: Vec<StepFacts> = steps.iter().map(facts).collect();
    let is_own = person.is_some_and(|person| person.as_str() == row.owner_id);
    let object = object_of(app, call.permit().actor(), id).await?;
    let can_assign = policy::can(call.permit().actor(), Action::AssignPlaylist, &object).is_ok();
    let assigned = match person {
        Some(person) => store::assignment::list_assigned_of(&app.db, person, id).await?,
        None => Vec::new(),
    };
    let states = walk(&all_facts);
    let steps_shown =
        steps.iter().zip(states).map(|(step, state)| step_view(app, step, state, is_own || whole));
    Ok(PlaylistView {
        id: id.clone(),
        title: row.title,
        about: row.about,
        visibility: Visibility::named(&row.visibility),
        owner: AuthorView {
            id: PersonId::parse(&row.owner_id).map_err(ApiError::internal)?,
            handle: row.owner_handle.unwrap_or_default(),
            display_name: row.owner_name,
            bio: row.owner_bio,
        },
        is_own,
        can_assign,
        steps: steps_shown.collect::<Result<_, _>>()?,
        done: count_done(&all_facts),
        duration_ms: duration_ms(&steps),
        assigned: assigned.iter().map(assignment::assigned_view).collect::<Result<_, _>>()?,
        updated_at_ms: row.updated_at_ms,
    })
}

fn step_view(app: &App, row: &StepRow, state: StepState, whole: bool) -> Result<StepView, ApiError> {
    let shown = (state != StepState::Locked || whole).then(|| tile_row(row)).flatten();
    Ok(StepView {
        id: StepId::parse(&row.id).map_err(ApiError::internal)?,
        is_gate: row.is_gate,
        state,
        title: row.title.clone().unwrap_or_default(),
        clip: shown.and_then(|row| tile(&app.media, &row)),
        questions: small(row.questions),
        tries: small(row.tries),
    })
}

fn tile_row(row: &StepRow) -> Option<TileRow> {
    Some(TileRow {
        id: row.clip_id.clone()?,
        title: row.title.clone().unwrap_or_default(),
        author_name: row.author_name.clone().unwrap_or_default(),
        duration_ms: row.duration_ms,
        poster_small_key: row.poster_small_key.clone(),
        thumbhash: row.thumbhash.clone(),
        like_count: row.like_count,
        save_count: row.save_count,
        place_ms: 0,
    })
}

pub async fn play_playlist(call: Call, request: PlayPlaylist) -> Answer<PlayPlaylist> {
    play(&call.app, call.person_if_any(), &call.caller.languages, &request).await
}

/// The clips of a playlist to play: from one on, or from where this person is, up to the first gate that is closed to them.
pub async fn play(
    app: &App,
    person: Option<&PersonId>,
    languages: &[String],
    request: &PlayPlaylist,
) -> Result<FeedPageView, ApiError> {
    let id = &request.playlist_id;
    let row =
        store::playlist::find_playlist(&app.db, id).await?.ok_or_else(|| ApiError::not_found("playlist"))?;
    let steps = store::playlist::list_steps(&app.db, &[id.to_string()], person).await?;
    let all_facts: Vec<StepFacts> = steps.iter().map(facts).collect();
    let closed = all_facts.iter().position(|step| step.is_closed());
    // Each clip that may be played, with its place.
    let open: Vec<(u32, &str)> = (1..)
        .zip(&steps)
        .take(closed.map_or(steps.len(), |closed| closed + 1))
        .filter_map(|(place, step)| Some((place, step.clip_id.as_deref()?)))
        .collect();
    let now = walk(&all_facts).iter().position(|state| *state == StepState::Now);
    let start = request
        .from
        .as_ref()
        .and_then(|from| open.iter().position(|(_, clip)| *clip == from.as_str()))
        .or_else(|| open.iter().position(|(place, _)| now.is_some_and(|now| *place == count(now + 1))))
        .unwrap_or(0);
    let wanted: Vec<(u32, &str)> = open.iter().skip(start).take(PLAYED).copied().collect();
    let ids: Vec<String> = wanted.iter().map(|(_, clip)| (*clip).to_owned()).collect();
    let mut clips = clip_views::for_caller(app, person, languages, &ids).await?;
    let next = open.get(start + wanted.len()).map(|(_, clip)| (*clip).to_owned());
    let gate = closed.is_some() && next.is_none();
    if gate && let Some(last) = clips.last_mut() {
        // What was answered, but not right, is asked again.
        let waiting = store::playlist::list_open_questions(&app.db, person, last.id.as_str()).await?;
        for question in &mut last.questions {
            question.answered = !waiting.iter().any(|waiting| waiting == question.id.as_str());
        }
    }
    let places: HashMap<&str, u32> = wanted.iter().map(|(place, clip)| (*clip, *place)).collect();
    let all: Vec<String> = steps.iter().filter_map(|step| step.clip_id.clone()).collect();
    let (back, back_at_ms) = match person {
        Some(person) => store::playlist::find_coming_back(&app.db, person, &all).await?,
        None => (0, None),
    };
    let path = PathView {
        title: row.title,
        places: clips.iter().map(|clip| places.get(clip.id.as_str()).copied().unwrap_or_default()).collect(),
        steps: count(steps.len()),
        gate,
        done: count_done(&all_facts),
        back: small(back),
        back_at_ms,
    };
    Ok(FeedPageView { clips, next_cursor: next, seen_all: false, path: Some(path) })
}

pub async fn find_step_clips(call: Call, request: FindStepClips) -> Answer<FindStepClips> {
    let after = page::read(request.cursor.as_deref())?;
    let words = request.words.unwrap_or_default();
    limit::text("words", &words, 0, limit::SEARCH_WORDS)?;
    let among = match request.shelf {
        Shelf::Own => Among::Own,
        Shelf::Saved => Among::Saved,
        Shelf::All => Among::All,
    };
    let (app, person) = (&call.app, call.person()?);
    let rows = store::playlist::list_step_clips(
        &app.db,
        &request.playlist_id,
        person,
        among,
        &words,
        after,
        page::PAGE,
    )
    .await?;
    let last = rows.last().map(|row| (row.tile.place_ms, row.tile.id.as_str()));
    let next_cursor = page::write(rows.len(), last);
    let view = |row: &store::playlist::StepClipRow| {
        let clip = tile(&app.media, &row.tile)?;
        Some(StepClipView { clip, questions: small(row.questions), is_step: row.is_step })
    };
    Ok(StepClipsView { clips: rows.iter().filter_map(view).collect(), next_cursor })
}

/// Begins a change of a playlist's steps: one after the other.
async fn begin_steps(call: &Call, id: &PlaylistId) -> Result<Tx, ApiError> {
    let mut tx = call.app.db.begin().await?;
    if !store::playlist::touch(&mut tx, id, call.app.now_ms()).await? {
        return Err(ApiError::not_found("playlist"));
    }
    Ok(tx)
}

/// Whether the step is this playlist's.
async fn is_step(tx: &mut Tx, id: &PlaylistId, step: &StepId) -> Result<bool, ApiError> {
    Ok(store::playlist::find_step_playlist(tx, step).await?.is_some_and(|of| of == id.as_str()))
}

pub async fn add_step(call: Call, request: AddStep) -> Answer<AddStep> {
    let (app, id) = (&call.app, &request.playlist_id);
    // Nobody learns of a clip that not all may see.
    let clip = store::clip::find_clip_owner(&app.db, &request.clip_id).await?;
    if !clip.is_some_and(|clip| clip.published) {
        return Err(ApiError::not_found("clip").field("clip_id"));
    }
    let mut tx = begin_steps(&call, id).await?;
    let now_ms = app.now_ms();
    store::playlist::delete_removed(&mut tx, id, now_ms - REMOVED_MS).await?;
    match store::playlist::find_step_playlist(&mut tx, &request.step_id).await? {
        Some(of) if of == id.as_str() => return view(&call, id).await,
        Some(_) => {
            let detail = "this step id is another playlist's step";
            return Err(ApiError::new(ErrorCode::Conflict, detail).field("step_id"));
        }
        None => {}
    }
    let steps = store::playlist::list_step_places(&mut tx, id).await?;
    let mut there = steps.iter().filter(|step| !step.is_removed);
    if there.clone().count() >= limit::STEPS {
        return Err(
            ApiError::new(ErrorCode::Conflict, format!("at most {} steps", limit::STEPS)).field("steps")
        );
    }
    if !there.any(|step| step.clip_id.as_deref() == Some(request.clip_id.as_str())) {
        let place = place(&mut tx, steps, &request.step_id, Target::Last).await?;
        let step = NewStep {
            id: &request.step_id,
            playlist: id,
            clip: &request.clip_id,
            place,
            is_gate: request.is_gate,
            now_ms,
        };
        store::playlist::insert_step(&mut tx, step).await?;
    }
    tx.commit().await?;
    view(&call, id).await
}

/// Where a step goes; the others have made room.
async fn place(
    tx: &mut Tx,
    steps: Vec<store::playlist::StepPlaceRow>,
    step: &StepId,
    target: Target<'_>,
) -> Result<i64, ApiError> {
    let steps: Vec<Placed> =
        steps.into_iter().map(|step| Placed { id: step.id, place: step.place }).collect();
    let (place, moved) = place_for(&steps, step.as_str(), target);
    for step in moved {
        store::playlist::update_step_place(tx, &step.id, step.place).await?;
    }
    Ok(place)
}

pub async fn update_step(call: Call, request: UpdateStep) -> Answer<UpdateStep> {
    let (id, step) = (&request.playlist_id, &request.step_id);
    let mut tx = begin_steps(&call, id).await?;
    if !is_step(&mut tx, id, step).await? {
        return Err(ApiError::not_found("step"));
    }
    if let Some(is_gate) = request.is_gate {
        store::playlist::update_step_gate(&mut tx, step, is_gate).await?;
    }
    match request.is_removed {
        Some(true) => {
            store::playlist::update_step_removed(&mut tx, step, Some(call.app.now_ms())).await?;
        }
        Some(false) => bring_back(&mut tx, id, step).await?,
        None => {}
    }
    tx.commit().await?;
    view(&call, id).await
}

/// Brings a step back to its place, unless its clip has become another step in the meantime.
async fn bring_back(tx: &mut Tx, id: &PlaylistId, step: &StepId) -> Result<(), ApiError> {
    let steps = store::playlist::list_step_places(tx, id).await?;
    let clip = steps.iter().find(|row| row.id == step.as_str()).and_then(|row| row.clip_id.as_deref());
    let mut there = steps.iter().filter(|row| !row.is_removed);
    let is_doubled =
        there.clone().any(|row| row.id != step.as_str() && clip.is_some() && row.clip_id.as_deref() == clip);
    if is_doubled || there.any(|row| row.id == step.as_str()) {
        return Ok(());
    }
    if steps.iter().filter(|row| !row.is_removed).count() >= limit::STEPS {
        return Err(
            ApiError::new(ErrorCode::Conflict, format!("at most {} steps", limit::STEPS)).field("steps")
        );
    }
    store::playlist::update_step_removed(tx, step, None).await?;
    Ok(())
}

pub async fn move_step(call: Call, request: MoveStep) -> Answer<MoveStep> {
    let (id, step) = (&request.playlist_id, &request.step_id);
    let mut tx = begin_steps(&call, id).await?;
    if !is_step(&mut tx, id, step).await? {
        return Err(ApiError::not_found("step"));
    }
    let steps = store::playlist::list_step_places(&mut tx, id).await?;
    let target = request.after_step_id.as_ref().map_or(Target::First, |after| Target::After(after.as_str()));
    let place = place(&mut tx, steps, step, target).await?;
    store::playlist::update_step_place(&mut tx, step.as_str(), place).await?;
    tx.commit().await?;
    view(&call, id).await
}
