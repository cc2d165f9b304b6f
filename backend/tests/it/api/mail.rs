//! Sign-in links by mail: what goes out, and mail servers that refuse, go away or say nothing.

use crate::server::*;
use minnow_shared::account::{GetSession, RedeemSignInLink, RequestSignInLink};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// How a mail server meets the next client.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Takes,
    /// "Try again later", to the recipient.
    Later,
    /// "No such user".
    Never,
    HangsUp,
    Silent,
}

/// A mail server on this machine: moods for its clients in turn, `Takes` after the last; mails as they came.
async fn mail_server(moods: &[Mood]) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (sender, mails) = mpsc::unbounded_channel();
    let moods = moods.to_vec();
    tokio::spawn(async move {
        let mut moods = moods.into_iter();
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            match moods.next().unwrap_or(Mood::Takes) {
                Mood::HangsUp => drop(stream),
                Mood::Silent => kept.push(stream),
                mood => drop(tokio::spawn(talk(stream, mood, sender.clone()))),
            }
        }
    });
    (url, mails)
}

async fn talk(stream: TcpStream, mood: Mood, sender: mpsc::UnboundedSender<String>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await?;
    let (mut line, mut mail) = (String::new(), String::new());
    while stream.read_line(&mut line).await? > 0 {
        let word = line.split_whitespace().next().unwrap_or_default().to_uppercase();
        let answer = match (word.as_str(), mood) {
            ("EHLO" | "HELO", _) => "250 test",
            ("RCPT", Mood::Later) => "450 mailbox busy",
            ("RCPT", Mood::Never) => "550 no such user",
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n").await?;
                loop {
                    line.clear();
                    stream.read_line(&mut line).await?;
                    if line == ".\r\n" {
                        break;
                    }
                    mail.push_str(&line);
                }
                let _ = sender.send(std::mem::take(&mut mail));
                "250 taken"
            }
            ("QUIT", _) => "221 bye",
            _ => "250 fine",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        line.clear();
    }
    Ok(())
}

async fn server(smtp_url: &str) -> TestApp {
    let flags = ["--smtp-url", smtp_url, "--mail-from", "Minnow <minnow@example.org>"];
    TestApp::with(Engine::Sqlite, &[&flags[..], &["--public-url", "https://learn.example.org"]].concat())
        .await
}

fn ask(email: &str) -> RequestSignInLink {
    RequestSignInLink { email: email.into() }
}

/// The body as it is read: quoted-printable undone.
fn plain(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_holds_a_link_that_signs_its_reader_in() {
    let (url, mut mails) = mail_server(&[]).await;
    let server = server(&url).await;
    let mut browser = server.browser();
    assert!(browser.call(&GetSession {}).await.unwrap().server.sign_in_links);
    browser.call(&ask(" Ada@Example.org ")).await.unwrap();
    let mail = plain(&tokio::time::timeout(Duration::from_secs(10), mails.recv()).await.unwrap().unwrap());
    assert!(mail.contains("To: ada@example.org") && mail.contains("Subject: Sign in to Minnow"), "{mail}");
    let (_, token) = mail.split_once("https://learn.example.org/sign-in/").unwrap();
    let token = token.split_whitespace().next().unwrap().to_owned();
    let me = browser.call(&RedeemSignInLink { token }).await.unwrap().person.unwrap();
    assert_eq!(me.email.as_deref(), Some("ada@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_away_for_a_moment_still_gets_the_mail() {
    for mood in [Mood::Later, Mood::HangsUp] {
        let (url, mut mails) = mail_server(&[mood]).await;
        let server = server(&url).await;
        server.browser().call(&ask("ada@example.org")).await.unwrap();
        let mail = tokio::time::timeout(Duration::from_secs(15), mails.recv()).await;
        assert!(mail.is_ok_and(|mail| mail.is_some()), "{mood:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_learns_nothing_of_a_mail_server_that_refuses_hangs_or_is_not_there() {
    let (refuses, mut mails) = mail_server(&[Mood::Never]).await;
    let (silent, _) = mail_server(&[Mood::Silent]).await;
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("smtp://{}", listener.local_addr().unwrap())
    };
    for url in [&refuses, &silent, &nobody] {
        let server = server(url).await;
        let mut browser = server.browser();
        let began = Instant::now();
        browser.call(&ask("nobody@example.org")).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(2), "{url}: {:?}", began.elapsed());
        browser.call(&GetSession {}).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(mails.try_recv().is_err(), "a refusal for good is not asked again");
}
