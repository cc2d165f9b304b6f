//! Background work. Never http.

use crate::app::App;
use tokio_util::sync::CancellationToken;

/// Works off the queue until `stop`, then ends after the piece in hand is put back or done.
pub async fn run(app: App, stop: CancellationToken) {
    let _ = app;
    stop.cancelled().await;
}
