//! The media store on a real S3 server: the same verbs, the same answers.

use axum::{Router, body::Body, extract::Request, response::IntoResponse};
use futures::TryStreamExt;
use minnow::media::{MediaStore, StoreError};
use s3s::service::S3ServiceBuilder;
use tower::ServiceExt;

/// An S3 server on a folder; ends with the test.
pub async fn bucket() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("clips")).unwrap();
    let service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap()).build();
    let answer = move |request: Request| {
        let service = service.clone();
        async move {
            match service.oneshot(request).await {
                Ok(response) => response.map(Body::new),
                Err(error) => (http::StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")).into_response(),
            }
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("s3://clips?endpoint=http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(answer)).await });
    (folder, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_keeps_reads_streams_and_deletes_like_a_folder() {
    let (folder, url) = bucket().await;
    let file = folder.path().join("a");
    let bytes: Vec<u8> = (0..700_000u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&file, &bytes).unwrap();
    let local = format!("file:{}", folder.path().join("local").display());
    let (bucket, local) = (MediaStore::open(&url, None).unwrap(), MediaStore::open(&local, None).unwrap());
    let mut kept = Vec::new();
    for store in [&bucket, &local] {
        let stored = store.keep(&file, "mp4").await.unwrap();
        assert_eq!(store.keep(&file, "mp4").await.unwrap(), stored, "again");
        assert_eq!(store.size(&stored.key).await.unwrap(), Some(700_000));
        assert_eq!(store.read(&stored.key, 250..253).await.unwrap(), &[250, 0, 1][..]);
        let streamed: Vec<bytes::Bytes> =
            store.stream(&stored.key, 100..600_000).try_collect().await.unwrap();
        assert_eq!(streamed.concat(), bytes[100..600_000]);
        store.put("staging/u1/0", "abc".into()).await.unwrap();
        store.put("staging/u1/3", "def".into()).await.unwrap();
        store.put("staging/u2/0", "ghi".into()).await.unwrap();
        store.delete_all("staging/u1").await.unwrap();
        store.delete_all("staging/u1").await.unwrap();
        assert_eq!(store.size("staging/u1/0").await.unwrap(), None);
        assert_eq!(store.size("staging/u2/0").await.unwrap(), Some(3));
        store.check().await.unwrap();
        store.delete(&stored.key).await.unwrap();
        store.delete(&stored.key).await.unwrap();
        assert!(matches!(store.read(&stored.key, 0..1).await, Err(StoreError::NotFound)));
        kept.push(stored);
    }
    assert_eq!(kept[0], kept[1], "the same name in both");
}
