package io.stoat.bench.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A report without the versions of what was measured cannot be judged. */
class LibrariesTest {
    @Test
    void shouldFindTheVersionThatTheJarOrItsNameHolds() {
        // Agrona's jar says its version; jetcd's does not
        for (final Class<?> type : List.of(org.agrona.AsciiEncoding.class, Client.class)) {
            final String version = Libraries.version(type);
            assertTrue(version.matches("\\d+\\.\\d+.*"), type + ": " + version);
        }
        assertEquals("0.8.5", Libraries.ofJar("/lib/jetcd-core-0.8.5.jar"));
        assertEquals("1.0-rc2", Libraries.ofJar("/1-lib/a-b2-1.0-rc2.jar"));
        assertEquals("unknown", Libraries.ofJar("/bench/target/classes/"));
        assertEquals("unknown", Libraries.version(LibrariesTest.class));
    }

    @Test
    void shouldNameTheVersionOfEveryTargetThatIsThere() {
        for (final Target target : Targets.all()) {
            if (target.absence() == null) {
                final String version = target.version();
                assertTrue(
                        !version.contains("null") && !version.contains("@"),
                        target.name() + ": " + version);
            }
        }
    }
}
