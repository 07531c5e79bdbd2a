package io.stoat.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.stoat.store.ShardMap;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Several keys, and the routing table: what is seen of one says what may be seen of the other. */
public final class OrderStress {
    private static final String ORDERED = "ordered";
    private static final String MIXED = "mixed";

    private OrderStress() {}

    /** Release by the writer, acquire by the reader. */
    @JCStressTest
    @State
    @Description("Who sees the second write of a writer sees its first one, on another key.")
    @Outcome(id = ORDERED, expect = ACCEPTABLE, desc = "The first key is as far, or further.")
    @Outcome(id = MIXED, expect = FORBIDDEN, desc = "The first key is behind the second one.")
    public static class TwoWrites {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.overwriteAThenB();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            final long b = STORE.copyOfB();
            final long a = STORE.copyOfA();
            r.r1 = a >= b && b >= 0 ? ORDERED : MIXED;
        }
    }

    /** Several keys as of one moment. */
    @JCStressTest
    @State
    @Description("A snapshot read of two keys shows a moment between two writes.")
    @Outcome(id = ORDERED, expect = ACCEPTABLE, desc = "Equal, or the first key one ahead.")
    @Outcome(id = MIXED, expect = FORBIDDEN, desc = "No moment at which both were current.")
    public static class SnapshotDuringTwoWrites {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.overwriteAThenB();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            final long lead = STORE.leadOfA();
            r.r1 = lead == 0 || lead == 1 ? ORDERED : MIXED;
        }
    }

    /** A batch. */
    @JCStressTest
    @State
    @Description("A snapshot read of the two keys of a batch shows all of it or nothing.")
    @Outcome(id = ORDERED, expect = ACCEPTABLE, desc = "Equal.")
    @Outcome(id = MIXED, expect = FORBIDDEN, desc = "A part of the batch.")
    public static class SnapshotDuringBatch {
        private static final StressStore STORE = new StressStore();

        /** Writer. */
        @Actor
        public void writer() {
            STORE.overwriteBothInABatch();
        }

        /** Reader. */
        @Actor
        public void reader(final L_Result r) {
            r.r1 = STORE.leadOfA() == 0 ? ORDERED : MIXED;
        }
    }

    /** The routing table. */
    @JCStressTest
    @State
    @Description("A routing table that is swapped by a plain store is the old or the new one, whole.")
    @Outcome(id = "4, 1", expect = ACCEPTABLE, desc = "The old one.")
    @Outcome(id = "7, 2", expect = ACCEPTABLE, desc = "The new one.")
    @Outcome(expect = FORBIDDEN, desc = "A mixture, or one that is not finished.")
    public static class ShardMapSwap {
        private ShardMap map = new ShardMap(4, 1);

        /** Who swaps it. */
        @Actor
        public void writer() {
            map = new ShardMap(7, 2);
        }

        /** Who routes by it. */
        @Actor
        public void reader(final II_Result r) {
            final ShardMap seen = map;
            r.r1 = seen.shardCount();
            r.r2 = (int) seen.generation();
        }
    }
}
