//! Connections that can be cut: HTTP has no word for a vendor that just goes away.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::faults::Ending;

/// Listens for connections that can be cut.
pub(super) struct Wires(pub(super) TcpListener);

/// A connection.
pub(super) struct Wire {
    stream: TcpStream,
    cutter: Cutter,
}

/// Cuts the connection that it came with.
#[derive(Debug, Clone, Default)]
pub(super) struct Cutter(Arc<Wish>);

#[derive(Debug, Default)]
struct Wish {
    cut: AtomicBool,
    reset: AtomicBool,
}

impl Cutter {
    /// From now on nothing is written, and the connection ends with the next try.
    pub(super) fn cut(&self, ending: Ending) {
        self.0
            .reset
            .store(ending == Ending::Reset, Ordering::Relaxed);
        self.0.cut.store(true, Ordering::Release);
    }
}

impl Wire {
    fn check(&self) -> Result<()> {
        if !self.cutter.0.cut.load(Ordering::Acquire) {
            return Ok(());
        }
        if self.cutter.0.reset.load(Ordering::Relaxed) {
            self.stream.set_zero_linger()?;
        }
        Err(Error::new(ErrorKind::ConnectionAborted, "cut by a fault"))
    }
}

impl Listener for Wires {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        // With axum's own way to deal with errors.
        let (stream, addr) = Listener::accept(&mut self.0).await;
        // Without this an answer may wait 40 ms for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        let cutter = Cutter::default();
        (Wire { stream, cutter }, addr)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Wires>> for Cutter {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.io().cutter.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
