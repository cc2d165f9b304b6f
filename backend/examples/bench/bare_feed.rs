//! The peer of the feed page: axum, one prepared query, JSON. The same database, columns, page size and pool settings
//! as the server's; no session, nothing about who has seen what, no fair mix of topics.

use anyhow::Context;
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use clap::Args;
use minnow_shared::limit::FEED_PAGE_DEFAULT;
use serde::Serialize;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use std::{net::SocketAddr, path::PathBuf};

#[derive(Debug, Args)]
pub struct Options {
    /// The SQLite file.
    #[arg(long)]
    database: PathBuf,
    #[arg(long)]
    addr: SocketAddr,
}

/// A clip with all that hangs on it; what is a list is JSON text made by the database.
#[derive(Serialize, sqlx::FromRow)]
struct Clip {
    id: String,
    title: String,
    author_id: String,
    author_handle: Option<String>,
    author_name: String,
    author_bio: String,
    language: String,
    licence: String,
    source_url: Option<String>,
    duration_ms: Option<i64>,
    width: Option<i64>,
    height: Option<i64>,
    poster_key: Option<String>,
    poster_small_key: Option<String>,
    thumbhash: Option<String>,
    alt: String,
    captions: String,
    like_count: i64,
    save_count: i64,
    published_at_ms: Option<i64>,
    topics: String,
    renditions: String,
    questions: String,
}

#[derive(Serialize)]
struct Page {
    clips: Vec<Clip>,
}

const PAGE: &str = "
    SELECT c.id, c.title, c.author_id, p.handle AS author_handle, p.display_name AS author_name, p.bio AS author_bio,
        c.language, c.licence, c.source_url, c.duration_ms, c.width, c.height, c.poster_key, c.poster_small_key,
        c.thumbhash, c.alt, c.captions, c.like_count, c.save_count, c.published_at_ms,
        (SELECT json_group_array(json_object('id', t.topic_id, 'name', n.name))
            FROM clip_topics t LEFT JOIN topic_names n ON n.topic_id = t.topic_id AND n.language = 'en'
            WHERE t.clip_id = c.id) AS topics,
        (SELECT json_group_array(json_object('short_side', r.short_side, 'width', r.width, 'height', r.height,
                'key', r.object_key, 'size_bytes', r.size_bytes, 'moov_end_bytes', r.moov_end_bytes,
                'two_seconds_bytes', r.two_seconds_bytes))
            FROM renditions r WHERE r.clip_id = c.id) AS renditions,
        (SELECT json_group_array(json_object('id', q.id, 'moment_ms', a.moment_ms, 'stem', q.stem, 'key', q.content))
            FROM clip_questions a JOIN questions q ON q.id = a.question_id WHERE a.clip_id = c.id) AS questions
    FROM clips c JOIN people p ON p.id = c.author_id
    WHERE c.published = TRUE ORDER BY c.published_at_ms DESC, c.id DESC LIMIT $1";

pub async fn serve(options: Options) -> anyhow::Result<()> {
    let connect = SqliteConnectOptions::new().filename(&options.database).pragma("query_only", "on");
    let pool = SqlitePoolOptions::new()
        .max_connections(6)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(connect)
        .await
        .with_context(|| options.database.display().to_string())?;
    let router = Router::new().route("/", get(page)).with_state(pool);
    let listener = tokio::net::TcpListener::bind(options.addr).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

async fn page(State(pool): State<SqlitePool>) -> Result<Json<Page>, (StatusCode, String)> {
    let clips = sqlx::query_as(PAGE)
        .bind(i64::from(FEED_PAGE_DEFAULT))
        .fetch_all(&pool)
        .await
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(Json(Page { clips }))
}
