//! SIGTERM with a request under way, and with one that never ends.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::house::{House, serve};

const BODY: &str = "token=abc";

/// A request whose body has not come yet.
fn begin(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /introspect HTTP/1.1\r\nHost: broker\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        BODY.len()
    )
    .unwrap();
    stream.write_all(&BODY.as_bytes()[..3]).unwrap();
    // The server has to have taken it up before it is told to stop.
    std::thread::sleep(Duration::from_millis(300));
    stream
}

#[test]
fn a_request_under_way_is_answered_after_sigterm_and_no_new_one_begins() {
    let house = House::new();
    let mut server = house.serve();
    let mut request = begin(server.address);
    server.signal("TERM");
    server.says("is stopping");
    server.until("it still listens", || {
        TcpStream::connect(server.address).is_err()
    });
    request.write_all(&BODY.as_bytes()[3..]).unwrap();
    let mut answer = String::new();
    request.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert_eq!(server.end(), Some(0));
    assert!(server.said().contains("has stopped"), "{}", server.said());
    // What it left can be opened: no lock, no half-written socket.
    drop(house.serve());
}

#[test]
fn a_request_that_does_not_end_is_cut_off_after_the_limit() {
    let house = House::new();
    let mut server = house.serve_as(&format!("{} --shutdown-seconds 1", serve()), &[]);
    let mut request = begin(server.address);
    let told = Instant::now();
    server.signal("TERM");
    assert_eq!(server.end(), Some(0));
    let waited = told.elapsed();
    assert!(
        waited > Duration::from_millis(900) && waited < Duration::from_secs(8),
        "{waited:?}"
    );
    assert!(server.said().contains("cut off"), "{}", server.said());
    assert_eq!(request.read(&mut [0; 1]).unwrap_or(0), 0);
    drop(request.shutdown(Shutdown::Both));
}

#[test]
fn a_second_signal_ends_at_once() {
    let house = House::new();
    let mut server = house.serve_as(&format!("{} --shutdown-seconds 600", serve()), &[]);
    let _request = begin(server.address);
    server.signal("TERM");
    server.says("is stopping");
    server.signal("TERM");
    assert_eq!(server.end(), Some(1));
}
