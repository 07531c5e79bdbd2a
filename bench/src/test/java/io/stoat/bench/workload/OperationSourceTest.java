package io.stoat.bench.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationSourceTest {
    private static final int DRAWS = 200_000;

    private static OperationSource source(final Workload workload) {
        return new OperationSource(workload, null, 0, 1, 7);
    }

    private static Operation operation(final Workload workload) {
        return new Operation(workload.keyLength(), workload.valueLength());
    }

    @ParameterizedTest
    @ValueSource(chars = {'a', 'b', 'c', 'd', 'e', 'f'})
    void shouldMixOperationsAsTheWorkloadSays(final char letter) {
        final Workload workload = Workload.ycsb(letter).withKeys(1_000);
        final OperationSource source = source(workload);
        final Operation operation = operation(workload);
        final int[] counts = new int[OperationKind.count()];
        for (int i = 0; i < DRAWS; i++) {
            source.next(operation);
            counts[operation.kind().ordinal()]++;
        }
        final double[] percent = {
            workload.readPercent(),
            workload.updatePercent(),
            workload.insertPercent(),
            workload.scanPercent(),
            workload.rmwPercent()
        };
        for (int i = 0; i < percent.length; i++) {
            assertEquals(percent[i], counts[i] * 100.0 / DRAWS, 0.5, OperationKind.of(i).label());
        }
    }

    @Test
    void shouldAskForAbsentKeysAndGiveTimesToLiveAsOftenAsAsked() {
        final Workload workload = Workload.ycsb('a').withKeys(1_000).withMisses(30).withTtl(20, 50);
        final OperationSource source = source(workload);
        final Operation operation = operation(workload);
        int reads = 0;
        int misses = 0;
        int writes = 0;
        int expiring = 0;
        for (int i = 0; i < DRAWS; i++) {
            source.next(operation);
            if (operation.kind() == OperationKind.READ) {
                reads++;
                misses += operation.isAbsent() ? 1 : 0;
                assertEquals(operation.isAbsent(), operation.index() >= 1_000);
            } else {
                writes++;
                expiring += operation.ttlMs() == 50 ? 1 : 0;
            }
        }
        assertEquals(0.3, (double) misses / reads, 0.01);
        assertEquals(0.2, (double) expiring / writes, 0.01);
    }

    @Test
    void shouldReadWhatItInsertedLastMostOften() {
        final Workload workload = Workload.ycsb('d').withKeys(10_000);
        final OperationSource source = source(workload);
        final Operation operation = operation(workload);
        final Set<Long> written = new HashSet<>();
        long newest = -1;
        int newestReads = 0;
        int reads = 0;
        for (int i = 0; i < DRAWS; i++) {
            source.next(operation);
            if (operation.kind() == OperationKind.INSERT) {
                newest = operation.index();
                assertTrue(newest >= 10_000 && newest < 10_000 + workload.spareKeys());
                written.add(newest);
            } else {
                assertTrue(operation.index() < 10_000 || written.contains(operation.index()));
                reads++;
                newestReads += operation.index() == newest ? 1 : 0;
            }
        }
        final double expected = 1 / ZipfianRanks.zeta(10_000, KeyOrder.THETA);
        assertEquals(expected, (double) newestReads / reads, 0.01);
        assertEquals(workload.spareKeys(), written.size(), "inserts started over");
    }

    @Test
    void shouldGiveEachClientInsertsOfItsOwn() {
        final Workload workload = Workload.ycsb('d').withKeys(8_000);
        final Set<Long> first = new HashSet<>();
        final Operation operation = operation(workload);
        for (int client = 0; client < 2; client++) {
            final OperationSource source = new OperationSource(workload, null, client, 2, 7);
            for (int i = 0; i < 10_000; i++) {
                source.next(operation);
                if (operation.kind() == OperationKind.INSERT) {
                    assertTrue(
                            client == 0
                                    ? first.add(operation.index()) || true
                                    : !first.contains(operation.index()));
                }
            }
        }
        assertFalse(first.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 128, 65_536})
    void shouldTellATornOrForeignValue(final int length) {
        final Operation operation = new Operation(16, length);
        operation.set(OperationKind.UPDATE, 5, false);
        operation.encodeValue(77);
        assertTrue(operation.isAnsweredBy(operation.value(), 0, length));
        assertFalse(operation.isAnsweredBy(operation.value(), 0, length - 1));
        operation.select(6);
        assertFalse(operation.isAnsweredBy(operation.value(), 0, length));
        operation.select(5);
        operation.value().putLong(length - 8, 1);
        assertFalse(operation.isAnsweredBy(operation.value(), 0, length));
        assertEquals(5, Payload.indexOf(operation.key(), 0));
    }

    @Test
    void shouldReplayTradesInOrder(@TempDir final Path dir) throws Exception {
        final Path file = dir.resolve("trades.csv");
        Files.writeString(
                file,
                "Time,Price,Volume\n2012-06-21 09:30:00.017460000,2238200,1\n"
                        + "2012-06-21 09:30:00.190226000,2238100,21\n"
                        + "2012-06-21 09:30:01.5,2238300,3\n");
        final TradeTape tape = TradeTape.read(file);
        assertEquals(3, tape.length());
        assertEquals(0, tape.offsetNs(0));
        assertEquals(172_766_000, tape.offsetNs(1));
        assertEquals(1_482_540_000, tape.offsetNs(2));
        final Workload workload = Workload.replay().withKeys(2);
        final OperationSource source = new OperationSource(workload, tape, 0, 1, 1);
        final Operation operation = operation(workload);
        final long[] prices = {2238200, 2238100, 2238300, 2238200};
        final long[] indexes = {0, 1, 0, 1};
        for (int i = 0; i < prices.length; i++) {
            source.next(operation);
            assertEquals(indexes[i], operation.index());
            assertEquals(prices[i], operation.value().getLong(8));
            assertTrue(operation.isAnsweredBy(operation.value(), 0, 128));
        }
    }

    @Test
    void shouldNameTheRowThatIsNoTrade(@TempDir final Path dir) throws Exception {
        final Path file = dir.resolve("trades.csv");
        Files.writeString(file, "Time,Price,Volume\n09:30:00,1,1\n9 o'clock,2,2\n");
        assertMessage("row 2", () -> TradeTape.read(file));
        Files.writeString(file, "Time,Price,Volume\n09:30:00,1,1\n09:29:00,2,2\n");
        assertMessage("sort by Time", () -> TradeTape.read(file));
        Files.writeString(file, "Time,Cost\n09:30:00,1\n");
        assertMessage("no column Price", () -> TradeTape.read(file));
        Files.writeString(file, "Time,Price,Volume\n");
        assertMessage("no rows", () -> TradeTape.read(file));
    }

    private static void assertMessage(final String part, final Runnable code) {
        final String message = assertThrows(IllegalArgumentException.class, code::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void shouldComeBackFromItsMap() {
        final Workload workload =
                Workload.ycsb('e').withKeys(5).withMisses(1).withTtl(2, 3).withValueLength(64);
        final Map<String, Object> map = workload.toMap();
        assertEquals(workload, Workload.of(map));
        assertMessage("keys=0", () -> workload.withKeys(0));
        assertMessage("valueLength=7", () -> workload.withValueLength(7));
        assertMessage("ycsb-z", () -> Workload.named("ycsb-z"));
    }

    @Test
    void shouldAllocateNothing() {
        final Workload workload = Workload.ycsb('d').withKeys(1_000).withMisses(10);
        final OperationSource source = source(workload);
        final Operation operation = operation(workload);
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < DRAWS; i++) {
                source.next(operation);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least < 1_000, least + " bytes for " + DRAWS + " operations");
    }
}
