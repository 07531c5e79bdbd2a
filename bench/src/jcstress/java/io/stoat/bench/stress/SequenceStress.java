package io.stoat.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** One key: no reader sees a mixture of two values, nor goes back in time. */
public final class SequenceStress {
    static final String WHOLE = "whole";
    static final String TORN = "torn";
    static final String MISSING = "missing";
    static final String BACK = "back";

    private SequenceStress() {}

    static String seen(final long number) {
        return number == StressStore.TORN ? TORN : number == StressStore.MISSING ? MISSING : WHOLE;
    }

    /** Overwritten in place, copied. */
    @JCStressTest
    @State
    @Description("A validated copy of a value that is overwritten in place is whole.")
    @Outcome(id = WHOLE, expect = ACCEPTABLE, desc = "One value.")
    @Outcome(id = TORN, expect = FORBIDDEN, desc = "A mixture of two.")
    public static class CopyDuringOverwrite {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.overwriteA();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            r.r1 = seen(STORE.copyOfA());
        }
    }

    /** Overwritten in place, read in place. */
    @JCStressTest
    @State
    @Description("What a valid view showed of a value that is overwritten in place is whole.")
    @Outcome(id = WHOLE, expect = ACCEPTABLE, desc = "One value.")
    @Outcome(id = TORN, expect = FORBIDDEN, desc = "A mixture of two.")
    public static class ViewDuringOverwrite {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.overwriteA();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            r.r1 = seen(STORE.viewOfA());
        }
    }

    /** That these tests can see a mixture at all. */
    @JCStressTest
    @State
    @Description("Without the question whether the view is valid, mixtures are seen.")
    @Outcome(id = WHOLE, expect = ACCEPTABLE, desc = "One value.")
    @Outcome(id = TORN, expect = ACCEPTABLE_INTERESTING, desc = "A mixture of two.")
    public static class UnvalidatedView {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.overwriteA();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            r.r1 = seen(STORE.unvalidatedViewOfA());
        }
    }

    /** Moved by Chronicle Map, copied. */
    @JCStressTest
    @State
    @Description("A validated copy of a value that changes its length, and so its place, is whole.")
    @Outcome(id = WHOLE, expect = ACCEPTABLE, desc = "One value.")
    @Outcome(id = {TORN, MISSING}, expect = FORBIDDEN, desc = "A mixture of two, or none.")
    public static class CopyDuringResize {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.resizeA();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            r.r1 = seen(STORE.copyOfA());
        }
    }

    /** Removed and written again. */
    @JCStressTest
    @State
    @Description("A key that is removed and written again is missing or whole.")
    @Outcome(id = {WHOLE, MISSING}, expect = ACCEPTABLE, desc = "One value, or none.")
    @Outcome(id = TORN, expect = FORBIDDEN, desc = "A mixture.")
    public static class CopyDuringRemoval {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.removeAndPutA();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            r.r1 = seen(STORE.copyOfA());
        }
    }

    /** Two reads of one key. */
    @JCStressTest
    @State
    @Description("A second read of a key is never of an older value, nor of an older version.")
    @Outcome(id = WHOLE, expect = ACCEPTABLE, desc = "The same or a newer one.")
    @Outcome(id = {BACK, TORN}, expect = FORBIDDEN, desc = "An older one.")
    public static class TwoReads {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.overwriteA();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            final long first = STORE.copyOfA();
            final long firstVersion = STORE.version();
            final long second = STORE.copyOfA();
            final boolean older = second < first || STORE.version() < firstVersion;
            r.r1 = first < 0 || second < 0 ? TORN : older ? BACK : WHOLE;
        }
    }
}
