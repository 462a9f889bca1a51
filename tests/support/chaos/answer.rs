//! What a server says, and how it comes apart on the way.

use std::io::Write;
use std::time::Duration;

/// What tells the end of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `Content-Length`.
    Length,
    /// Chunks.
    Chunked,
    /// The connection's end.
    Close,
}

/// What becomes of the connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Keep,
    Close,
    /// The client believes that it is kept.
    CloseUnsaid,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) status: u16,
    content_type: String,
    headers: String,
    body: Vec<u8>,
    framing: Framing,
    /// Only so many bytes of the body are sent; then the connection closes.
    cut: Option<usize>,
    /// So many bytes at a time, with that pause between.
    trickle: Option<(usize, Duration)>,
    after: After,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            content_type: "application/json".to_owned(),
            headers: String::new(),
            body: body.into(),
            framing: Framing::Length,
            cut: None,
            trickle: None,
            after: After::Keep,
        }
    }

    /// Its body as it is.
    pub fn clone_body(&self) -> Vec<u8> {
        self.body.clone()
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub fn content_type(mut self, value: &str) -> Self {
        value.clone_into(&mut self.content_type);
        self
    }

    pub fn framed(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Only so many bytes of the body come.
    pub fn cut(mut self, at: usize) -> Self {
        self.cut = Some(at);
        self
    }

    /// Half of the body comes.
    pub fn halved(self) -> Self {
        let half = self.body.len() / 2;
        self.cut(half)
    }

    /// So many bytes at a time, with that pause between.
    pub fn trickled(mut self, bytes: usize, pause: Duration) -> Self {
        self.trickle = Some((bytes, pause));
        self
    }

    /// The connection closes after it, though the client was not told.
    pub fn then_closes(mut self) -> Self {
        self.after = After::CloseUnsaid;
        self
    }

    /// The connection closes after it, as is said.
    pub fn then_says_goodbye(mut self) -> Self {
        self.after = After::Close;
        self
    }
}

impl Answer {
    pub(super) fn send(&self, stream: &mut impl Write) -> std::io::Result<After> {
        let mut after = self.after;
        let mut head = format!(
            "HTTP/1.1 {} Said\r\ncontent-type: {}\r\n{}",
            self.status, self.content_type, self.headers
        );
        let mut sent = Vec::new();
        let part = &self.body[..self.cut.unwrap_or(self.body.len()).min(self.body.len())];
        match self.framing {
            Framing::Length => {
                head.push_str(&format!("content-length: {}\r\n", self.body.len()));
                sent.extend_from_slice(part);
            }
            Framing::Chunked => {
                head.push_str("transfer-encoding: chunked\r\n");
                // One chunk for all: one that is cut ends in its middle.
                sent.extend_from_slice(format!("{:x}\r\n", self.body.len()).as_bytes());
                sent.extend_from_slice(part);
                if self.cut.is_none() {
                    sent.extend_from_slice(b"\r\n0\r\n\r\n");
                }
            }
            Framing::Close => {
                after = After::Close;
                sent.extend_from_slice(part);
            }
        }
        if self.cut.is_some() && after == After::Keep {
            after = After::CloseUnsaid;
        }
        if after == After::Close {
            head.push_str("connection: close\r\n");
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        match self.trickle {
            None => stream.write_all(&sent)?,
            Some((bytes, pause)) => {
                for piece in sent.chunks(bytes) {
                    std::thread::sleep(pause);
                    stream.write_all(piece)?;
                    stream.flush()?;
                }
            }
        }
        stream.flush()?;
        Ok(after)
    }
}
