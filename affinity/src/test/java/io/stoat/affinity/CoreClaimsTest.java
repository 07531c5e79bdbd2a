package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoreClaimsTest {
    @TempDir Path dir;

    private CoreClaims claims() {
        return new CoreClaims(dir.resolve("cpus.lock"));
    }

    @Test
    void shouldTakeAllOrNone() {
        final CoreClaims first = claims();
        final CoreClaims second = claims();
        assertEquals(CpuSet.EMPTY, first.take(CpuSet.of(1, 3)));
        assertEquals(CpuSet.EMPTY, first.take(CpuSet.of(1, 3)));
        assertEquals(CpuSet.of(3), second.take(CpuSet.of(2, 3)));
        assertEquals(CpuSet.EMPTY, first.take(CpuSet.of(2)));
        assertEquals(CpuSet.of(2), second.take(CpuSet.of(2, 4)));
        first.release();
        assertEquals(CpuSet.EMPTY, second.take(CpuSet.of(1, 2, 3, 4)));
        second.release();
    }

    @Test
    void shouldNameTheHolder() {
        final CoreClaims claims = claims();
        assertEquals(OptionalLong.empty(), claims.holder(CpuSet.MAX_CPU));
        assertEquals(CpuSet.EMPTY, claims.take(CpuSet.of(CpuSet.MAX_CPU)));
        assertEquals(OptionalLong.of(ProcessHandle.current().pid()), claims.holder(CpuSet.MAX_CPU));
        claims.release();
    }

    @Test
    void shouldKnowOfNothingWhereTheFileCannotBe() {
        final CoreClaims claims = new CoreClaims(dir.resolve("none/cpus.lock"));
        assertEquals(CpuSet.EMPTY, claims.take(CpuSet.of(1)));
        assertEquals(OptionalLong.empty(), claims.holder(1));
        claims.release();
    }

    @Test
    void shouldNotFollowALink() throws Exception {
        final Path precious = Files.writeString(dir.resolve("precious"), "text");
        Files.createSymbolicLink(dir.resolve("cpus.lock"), precious);
        assertEquals(CpuSet.EMPTY, claims().take(CpuSet.of(0)));
        assertEquals("text", Files.readString(precious));
    }

    @Test
    void shouldLetOtherUsersClaim() throws Exception {
        final CoreClaims claims = claims();
        claims.take(CpuSet.of(1));
        claims.release();
        assertEquals(
                "rw-rw-rw-",
                java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(dir.resolve("cpus.lock"))));
    }

    @Test
    void shouldLoseTheClaimWithItsProcess() throws Exception {
        final Process other =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Claimant.class.getName(),
                                dir.resolve("cpus.lock").toString())
                        .redirectErrorStream(true)
                        .start();
        final CoreClaims claims = claims();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("claimed", lines.readLine());
            assertEquals(CpuSet.of(5), claims.take(CpuSet.of(4, 5)));
            assertEquals(OptionalLong.of(other.pid()), claims.holder(5));
        } finally {
            other.destroyForcibly();
            assertTrue(other.waitFor(60, TimeUnit.SECONDS));
        }
        assertEquals(CpuSet.EMPTY, claims.take(CpuSet.of(4, 5)));
        claims.release();
        assertFalse(other.isAlive());
    }

    /** Claims CPU 5 until it is killed. */
    static final class Claimant {
        private Claimant() {}

        public static void main(final String[] args) throws Exception {
            new CoreClaims(Path.of(args[0])).take(CpuSet.of(5));
            System.out.println("claimed");
            System.in.read();
        }
    }
}
