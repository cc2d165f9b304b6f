//! An S3 server on a folder, for the journey of two servers on one bucket: `s3_server ADDR FOLDER BUCKET`. A test tool;
//! nothing of the product lives here.

use anyhow::Context;
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use std::path::Path;
use tower::ServiceExt;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let [addr, folder, bucket] = arguments()?;
    std::fs::create_dir_all(Path::new(&folder).join(&bucket)).context("cannot make the bucket")?;
    let files =
        FileSystem::new(&folder).map_err(|error| anyhow::anyhow!("cannot serve {folder}: {error:?}"))?;
    let service = S3ServiceBuilder::new(files).build();
    let answer = move |request: Request| {
        let service = service.clone();
        async move {
            match service.oneshot(request).await {
                Ok(response) => response.map(Body::new),
                Err(error) => failed(&error),
            }
        }
    };
    let listener =
        tokio::net::TcpListener::bind(&addr).await.with_context(|| format!("cannot listen on {addr}"))?;
    axum::serve(listener, Router::new().fallback(answer)).await.context("serving ended")
}

fn arguments() -> anyhow::Result<[String; 3]> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    given.try_into().map_err(|_| anyhow::anyhow!("usage: s3_server ADDR FOLDER BUCKET"))
}

fn failed(error: &s3s::HttpError) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")).into_response()
}
