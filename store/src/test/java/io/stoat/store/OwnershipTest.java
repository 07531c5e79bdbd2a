package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process at a time owns a data directory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OwnershipTest {
    private static final String PID = "pid " + ProcessHandle.current().pid() + ":";

    @TempDir Path temp;
    private Path dir;

    @BeforeEach
    void chooseDirectory() {
        dir = temp.resolve("d");
    }

    /** Child process: tries to own a directory and prints how that ended. */
    static final class SecondOwner {
        public static void main(final String[] args) {
            try (Store store = Store.open(new StoreContext().dataDir(Path.of(args[0])))) {
                System.out.println("opened " + store.size());
            } catch (final StoreException ex) {
                System.out.println("refused " + ex.getMessage());
            }
        }
    }

    private StoreContext small() {
        return new StoreContext().dataDir(dir).shardCount(1).entries(100);
    }

    private void assertRefusedInAnotherProcess() {
        try (ChildJvm child = ChildJvm.quick(SecondOwner.class, dir)) {
            final String line = child.readLine();
            assertTrue(line.startsWith("refused ") && line.contains(PID), line);
        }
    }

    @Test
    void shouldTellASecondOwnerInAnotherProcessThePid() {
        try (Store store = Store.open(small())) {
            assertRefusedInAnotherProcess();
            assertEquals(0, store.size());
        }
        try (ChildJvm child = ChildJvm.quick(SecondOwner.class, dir)) {
            assertEquals("opened 0", child.readLine());
        }
    }

    @Test
    void shouldKeepOwnershipWhenReadersInTheSameJvmComeAndGo() {
        try (Store store = Store.open(small())) {
            StoreReader.attach(dir).close();
            assertRefusedInAnotherProcess();
            assertEquals(0, store.size());
        }
    }

    @Test
    void shouldRefuseASecondOwnerInTheSameJvmAndKeepTheFirst() throws IOException {
        final Path link = Files.createSymbolicLink(temp.resolve("link"), dir);
        try (Store store = Store.open(small())) {
            for (final Path path : new Path[] {dir, link}) {
                final StoreException refused =
                        assertThrows(
                                StoreException.class,
                                () -> Store.open(new StoreContext().dataDir(path)));
                assertTrue(refused.getMessage().contains(PID), refused.getMessage());
            }
            assertRefusedInAnotherProcess();
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[8]);
            assertEquals(Status.OK, store.put(bytes, 0, 8, bytes, 0, 8, 0));
        }
        try (Store store = Store.open(new StoreContext().dataDir(dir))) {
            assertEquals(1, store.size());
        }
    }

    @Test
    void shouldGiveOwnershipUpWhenOpeningFails() throws IOException {
        Store.open(small()).close();
        final Path control = ShardFiles.control(dir, 0);
        final Path aside = Files.move(control, temp.resolve("aside"));
        assertThrows(StoreException.class, () -> Store.open(new StoreContext().dataDir(dir)));
        Files.move(aside, control);
        Store.open(new StoreContext().dataDir(dir)).close();
    }
}
