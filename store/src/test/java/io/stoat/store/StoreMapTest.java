package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.agrona.IoUtil;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Guava's suite for a ConcurrentMap, and what is particular to a map in a store. */
class StoreMapTest {
    @TempDir static Path dir;
    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
    private static int directories;

    /** The view with text as values, which equal each other by content as the suite asks. */
    private static final class TextMap extends CodecMap<String> {
        TextMap(final Store store) {
            super(store);
        }

        @Override
        byte[] encode(final String value) {
            return value.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        String decode(final byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        boolean isSame(final String a, final Object b) {
            return a.equals(b);
        }
    }

    private static Store open() {
        final Path place = dir.resolve("map-" + directories++);
        final Store store =
                Store.open(
                        new StoreContext()
                                .dataDir(place)
                                .shardCount(1)
                                .entries(200)
                                .maxValueLength(64)
                                .heartbeatThread(false));
        OPEN.push(() -> IoUtil.delete(place.toFile(), true));
        OPEN.push(store);
        return store;
    }

    private static void closeAll() {
        while (!OPEN.isEmpty()) {
            try {
                OPEN.pop().close();
            } catch (final Exception ex) {
                throw new AssertionError(ex);
            }
        }
    }

    private static final class Generator extends TestStringMapGenerator {
        @Override
        protected Map<String, String> create(final Map.Entry<String, String>[] entries) {
            final TextMap map = new TextMap(open());
            OPEN.push(map);
            for (final Map.Entry<String, String> entry : entries) {
                map.put(entry.getKey(), entry.getValue());
            }
            return map;
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldPassGuavasSuite() {
        final TestSuite suite =
                ConcurrentMapTestSuiteBuilder.using(new Generator())
                        .named("StoreMap")
                        .withFeatures(
                                MapFeature.GENERAL_PURPOSE,
                                CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                                CollectionSize.ANY)
                        .withTearDown(StoreMapTest::closeAll)
                        .createTestSuite();
        final List<junit.framework.Test> tests = new ArrayList<>();
        flatten(suite, tests);
        assertTrue(tests.size() > 300, "suite of " + tests.size());
        return tests.stream()
                .map(test -> DynamicTest.dynamicTest(test.toString(), () -> run(test)));
    }

    private static void flatten(
            final junit.framework.Test test, final List<junit.framework.Test> into) {
        if (test instanceof TestSuite suite) {
            Collections.list(suite.tests()).forEach(child -> flatten(child, into));
        } else {
            into.add(test);
        }
    }

    private static void run(final junit.framework.Test test) throws Throwable {
        final TestResult result = new TestResult();
        test.run(result);
        final List<TestFailure> failures = new ArrayList<>(Collections.list(result.errors()));
        failures.addAll(Collections.list(result.failures()));
        if (!failures.isEmpty()) {
            throw failures.get(0).thrownException();
        }
        assertEquals(1, result.runCount());
    }

    @Test
    void shouldKeepBytesAndRefuseWhatNoEntryCanHold() {
        try (Store store = open();
                StoreMap map = StoreMap.of(store)) {
            final ConcurrentMap<String, byte[]> view = map;
            assertNull(view.put("k", new byte[] {1, 2}));
            assertArrayEquals(new byte[] {1, 2}, view.get("k"));
            assertTrue(view.replace("k", new byte[] {1, 2}, new byte[] {3}));
            assertFalse(view.remove("k", new byte[] {1, 2}));
            assertTrue(view.containsValue(new byte[] {3}));
            assertNull(view.get(""));
            assertThrows(IllegalArgumentException.class, () -> view.put("", new byte[1]));
            assertThrows(IllegalArgumentException.class, () -> view.put("k", new byte[65]));
            assertArrayEquals(new byte[] {3}, view.get("k"));
            assertThrows(
                    IllegalStateException.class,
                    () -> {
                        for (int i = 0; i < 10_000; i++) {
                            view.put("fill" + i, new byte[64]);
                        }
                    });
            assertEquals(store.size(), view.size());
            view.clear();
            assertTrue(view.isEmpty());
            assertEquals(0, store.size());
        } finally {
            closeAll();
        }
    }

    @Test
    void shouldTakeCallsFromSeveralThreads() throws InterruptedException {
        try (Store store = open();
                StoreMap map = StoreMap.of(store)) {
            final List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                final Thread thread =
                        new Thread(
                                () -> {
                                    for (int i = 0; i < 2_000; i++) {
                                        map.merge(
                                                "count", new byte[] {1, 0}, (a, b) -> increment(a));
                                    }
                                });
                threads.add(thread);
                thread.start();
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            final byte[] count = map.get("count");
            assertEquals(8_000, (count[0] & 0xFF) + (count[1] & 0xFF) * 256);
        } finally {
            closeAll();
        }
    }

    private static byte[] increment(final byte[] count) {
        final int next = (count[0] & 0xFF) + (count[1] & 0xFF) * 256 + 1;
        return new byte[] {(byte) next, (byte) (next >> 8)};
    }
}
