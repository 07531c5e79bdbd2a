package io.stoat.bench.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import org.apache.commons.statistics.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private static final int DRAWS = 1_000_000;

    private static long[] histogram(final KeyChooser chooser, final int count) {
        final long[] histogram = new long[count];
        final RandomBits random = new RandomBits(42);
        for (int i = 0; i < DRAWS; i++) {
            histogram[(int) chooser.choose(random.next())]++;
        }
        return histogram;
    }

    @Test
    void shouldChooseUniformly() {
        final long[] histogram = histogram(KeyOrder.UNIFORM.chooser(1_000), 1_000);
        final double p = ChiSquareTest.withDefaults().test(histogram).getPValue();
        assertTrue(p > 0.001, "p=" + p);
    }

    @Test
    void shouldNoticeASkewThatIsNotThere() {
        final long[] histogram = histogram(KeyOrder.UNIFORM.chooser(1_000), 1_000);
        histogram[7] += 600;
        assertTrue(ChiSquareTest.withDefaults().test(histogram).getPValue() < 0.001);
    }

    @Test
    void shouldDrawTheFirstRanksAsOftenAsZipfSays() {
        final int count = 10_000;
        final long[] histogram = histogram(new ZipfianRanks(count, KeyOrder.THETA), count);
        final double zeta = ZipfianRanks.zeta(count, KeyOrder.THETA);
        for (int rank = 0; rank < 2; rank++) {
            final double expected = DRAWS * Math.pow(rank + 1, -KeyOrder.THETA) / zeta;
            assertEquals(expected, histogram[rank], 5 * Math.sqrt(expected), "rank " + rank);
        }
        // the method approximates the others: the mass of each decade of ranks is right to 4 %
        for (int from = 10; from < count; from *= 10) {
            double expected = 0;
            long found = 0;
            for (int rank = from; rank < from * 10; rank++) {
                expected += DRAWS * Math.pow(rank + 1, -KeyOrder.THETA) / zeta;
                found += histogram[rank];
            }
            assertEquals(expected, found, expected * 0.04, "ranks from " + from);
        }
    }

    @Test
    void shouldSumTheZetaOfManyKeys() {
        final int count = 2_000_000;
        double sum = 0;
        for (int i = count; i >= 1; i--) {
            sum += Math.pow(i, -KeyOrder.THETA);
        }
        assertEquals(sum, ZipfianRanks.zeta(count, KeyOrder.THETA), sum * 1e-9);
        assertEquals(1, ZipfianRanks.zeta(1, KeyOrder.THETA), 0);
    }

    @Test
    void shouldScatterRanksOneToOne() {
        for (final int count : new int[] {1, 2, 3, 1_000, 99_991, 100_000}) {
            final long[] next = {0};
            final ScatteredKeys keys = new ScatteredKeys(bits -> next[0]++, count);
            final BitSet seen = new BitSet(count);
            for (int i = 0; i < count; i++) {
                seen.set((int) keys.choose(0));
            }
            assertEquals(count, seen.cardinality(), "count " + count);
        }
    }

    @Test
    void shouldKeepTheSkewWhenScattered() {
        final int count = 1_000;
        final long[] ranks = histogram(new ZipfianRanks(count, KeyOrder.THETA), count);
        final long[] keys = histogram(KeyOrder.ZIPFIAN.chooser(count), count);
        assertFalse(Arrays.equals(ranks, keys));
        Arrays.sort(ranks);
        Arrays.sort(keys);
        assertTrue(Arrays.equals(ranks, keys), "the same frequencies, on other keys");
    }

    @Test
    void shouldStayInRangeForFewKeys() {
        for (int count = 1; count <= 4; count++) {
            for (final KeyOrder order : KeyOrder.values()) {
                assertEquals(DRAWS, Arrays.stream(histogram(order.chooser(count), count)).sum());
            }
        }
    }
}
