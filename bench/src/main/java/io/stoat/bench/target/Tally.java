package io.stoat.bench.target;

/** Counts of operations. One thread, read by others after it has ended. */
public final class Tally {
    long sent;
    long received;
    long ok;
    long misses;
    long lost;
    long wrong;
    long failed;

    /**
     * @return operations sent.
     */
    public long sent() {
        return sent;
    }

    /**
     * @return operations answered.
     */
    public long received() {
        return received;
    }

    /**
     * @return reads that found their value, and writes acknowledged.
     */
    public long ok() {
        return ok;
    }

    /**
     * @return reads that found nothing, rightly or not.
     */
    public long misses() {
        return misses;
    }

    /**
     * @return reads that found nothing where a value must be.
     */
    public long lost() {
        return lost;
    }

    /**
     * @return reads that found a torn value, another key's, or one where none must be.
     */
    public long wrong() {
        return wrong;
    }

    /**
     * @return operations refused or never answered.
     */
    public long failed() {
        return failed;
    }

    /**
     * @param other counts to add to these.
     */
    public void add(final Tally other) {
        sent += other.sent;
        received += other.received;
        ok += other.ok;
        misses += other.misses;
        lost += other.lost;
        wrong += other.wrong;
        failed += other.failed;
    }

    /** Back to zero. */
    public void clear() {
        sent = 0;
        received = 0;
        ok = 0;
        misses = 0;
        lost = 0;
        wrong = 0;
        failed = 0;
    }

    /**
     * Judges a run.
     *
     * @return why it failed, or null when every operation was answered and none wrongly.
     */
    public String problem() {
        if (sent != received) {
            return "sent " + sent + " operations, received " + received + " answers";
        }
        if (wrong > 0) {
            return wrong + " reads returned a wrong value";
        }
        if (lost > 0) {
            return lost + " reads missed a value that was written";
        }
        return failed > 0 ? failed + " operations failed" : null;
    }
}
