//! Preloaded into the program by a test: its wall clock is off by the seconds that stand in the file named by
//! `TEST_CLOCK_OFFSET`. Every other clock is the system's. Compiled by the test, not part of any crate.

use std::ffi::{c_char, c_int, c_long, c_void};

#[repr(C)]
pub struct Time {
    seconds: i64,
    nanoseconds: c_long,
}

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn getenv(name: *const c_char) -> *const c_char;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn read(file: c_int, bytes: *mut c_void, count: usize) -> isize;
    fn close(file: c_int) -> c_int;
}

#[cfg(target_arch = "x86_64")]
const CLOCK_GETTIME: c_long = 228;
#[cfg(not(target_arch = "x86_64"))]
const CLOCK_GETTIME: c_long = 113;
const REALTIME: c_int = 0;

fn offset() -> i64 {
    let mut bytes = [0_u8; 32];
    let count = unsafe {
        let path = getenv(c"TEST_CLOCK_OFFSET".as_ptr());
        if path.is_null() {
            return 0;
        }
        let file = open(path, 0);
        if file < 0 {
            return 0;
        }
        let count = read(file, bytes.as_mut_ptr().cast(), bytes.len());
        close(file);
        count
    };
    let text = bytes.get(..usize::try_from(count).unwrap_or(0)).unwrap_or_default();
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// What the program calls instead of the C library's.
///
/// # Safety
/// As with the original, `time` points to a time that may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Time) -> c_int {
    let result = unsafe { syscall(CLOCK_GETTIME, c_long::from(clock), time) };
    if result == 0 && clock == REALTIME {
        unsafe { (*time).seconds += offset() };
    }
    result as c_int
}
