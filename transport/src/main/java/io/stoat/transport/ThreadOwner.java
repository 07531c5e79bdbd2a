package io.stoat.transport;

/** Sees to it that an object is used by one thread only: the first one that uses it. */
final class ThreadOwner {
    private final String what;
    private Thread owner;

    ThreadOwner(final String what) {
        this.what = what;
    }

    /** Plain loads and one comparison: cheap enough for every call. */
    void check() {
        final Thread thread = Thread.currentThread();
        if (owner != thread) {
            if (owner != null) {
                throw new IllegalStateException(
                        "a "
                                + what
                                + " belongs to one thread: this one to "
                                + owner.getName()
                                + ", called by "
                                + thread.getName()
                                + "; connect one a thread, or use a SharedClient");
            }
            owner = thread;
        }
    }

    /** The next one that uses it owns it. */
    void release() {
        owner = null;
    }
}
