//! Threads of this process, as the operating system knows them.
