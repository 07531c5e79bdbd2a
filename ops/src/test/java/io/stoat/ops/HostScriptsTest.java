package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of {@code ops/scripts}, on a tree of files instead of the host. */
@EnabledOnOs(OS.LINUX)
class HostScriptsTest {
    private static final Path OPS = Path.of(System.getProperty("stoat.jvm.options")).getParent();
    private static final int SOMETHING_TO_DO = 10;

    @TempDir Path root;

    private String output;

    private int run(final String... words) throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(words)
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
        return process.exitValue();
    }

    private int prepare(final String... words) throws IOException, InterruptedException {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                "bash",
                                OPS.resolve("scripts/prepare-host").toString(),
                                "--root",
                                root.toString()));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    private void file(final String path, final String text) throws IOException {
        final Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private String text(final String path) throws IOException {
        return Files.readString(root.resolve(path)).strip();
    }

    private Map<String, String> tree() throws IOException {
        final Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile)
                    .forEach(
                            file -> {
                                try {
                                    tree.put(
                                            root.relativize(file).toString(),
                                            Files.readString(file));
                                } catch (final IOException ex) {
                                    throw new UncheckedIOException(ex);
                                }
                            });
        }
        return tree;
    }

    @BeforeEach
    void makeUntunedHost() throws IOException {
        file("proc/sys/net/core/rmem_max", "212992");
        file("proc/sys/net/core/wmem_max", "4194304");
        file("proc/sys/vm/swappiness", "60");
        file("proc/sys/kernel/numa_balancing", "1");
        file("proc/swaps", "Filename Type\n/dev/sda2 partition");
        file("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
        file("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
        file("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance");
        file("sys/devices/system/cpu/online", "0-7");
        file("sys/devices/system/cpu/isolated", "");
        Files.createDirectories(root.resolve("etc"));
    }

    @Test
    void shouldOnlySayWhatItWouldDo() throws Exception {
        final Map<String, String> before = tree();
        assertEquals(SOMETHING_TO_DO, prepare(), output);
        assertEquals(before, tree());
        for (final String words :
                List.of(
                        "echo 2097152 > /proc/sys/net/core/rmem_max",
                        "ok        net.core.wmem_max = 4194304",
                        "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
                        "echo performance > /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
                        "isolcpus=managed_irq,domain,1-7 nohz_full=1-7 rcu_nocbs=1-7",
                        "swap is on")) {
            assertTrue(output.contains(words), words + " in: " + output);
        }
        assertFalse(output.contains("cpu1/cpufreq"), output);
    }

    @Test
    void shouldChangeTheHostForNowAndForLaterOnce() throws Exception {
        assertEquals(0, prepare("--apply", "--cores", "2-3"), output);
        assertTrue(output.contains("isolcpus=managed_irq,domain,2-3 "), output);
        assertEquals("2097152", text("proc/sys/net/core/rmem_max"));
        assertEquals("4194304", text("proc/sys/net/core/wmem_max"));
        assertEquals("1", text("proc/sys/vm/swappiness"));
        assertEquals("0", text("proc/sys/kernel/numa_balancing"));
        assertEquals("madvise", text("sys/kernel/mm/transparent_hugepage/enabled"));
        assertEquals("performance", text("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
        final String sysctl = text("etc/sysctl.d/60-stoat.conf");
        assertTrue(sysctl.contains("net.core.rmem_max = 2097152"), sysctl);
        assertFalse(sysctl.contains("wmem_max"), sysctl);
        final String tmpfiles = text("etc/tmpfiles.d/stoat.conf");
        assertTrue(
                tmpfiles.contains("w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise"),
                tmpfiles);
        assertTrue(tmpfiles.contains("cpu*/cpufreq/scaling_governor - - - - perf"), tmpfiles);
        assertTrue(text("etc/security/limits.d/60-stoat.conf").contains("nofile    65536"));

        // the kernel shows the choice in brackets
        file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
        final Map<String, String> after = tree();
        assertEquals(0, prepare(), output);
        assertEquals(0, prepare("--apply"), output);
        assertEquals(after, tree());

        // one setting went back: the others stay written down
        file("proc/sys/vm/swappiness", "60");
        assertEquals(0, prepare("--apply"), output);
        assertTrue(text("etc/sysctl.d/60-stoat.conf").contains("net.core.rmem_max = 2097152"));
        assertTrue(text("etc/sysctl.d/60-stoat.conf").contains("vm.swappiness = 1"));
    }

    @Test
    void shouldSayWhenAChangeFails() throws Exception {
        final Path governor = root.resolve("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
        Files.delete(root.resolve("etc"));
        Files.writeString(root.resolve("etc"), "in the way");
        assertEquals(1, prepare("--apply"), output);
        assertTrue(Files.exists(governor));
    }

    @Test
    void shouldRefuseWrongWords() throws Exception {
        assertEquals(2, prepare("--aply"), output);
        assertTrue(output.contains("unknown option '--aply'"), output);
        assertEquals(2, prepare("--cores", "two"), output);
        assertTrue(output.contains("'two' is not a CPU list"), output);
        assertEquals(0, prepare("--help"), output);
        final String peers = OPS.resolve("scripts/install-peers").toString();
        assertEquals(2, run("bash", peers, "oracle"), output);
        assertTrue(output.contains("unknown word 'oracle'"), output);
    }

    /** Without --apply it installs nothing, whatever is there. */
    @Test
    void shouldTellWhichPeersAreMissing() throws Exception {
        final String peers = OPS.resolve("scripts/install-peers").toString();
        final Path bin = Files.createDirectory(root.resolve("bin"));
        final Path installed = Files.writeString(bin.resolve("memcached"), "#!/bin/sh\n");
        assertTrue(installed.toFile().setExecutable(true));
        final int code =
                run("env", "PATH=" + bin, tool("bash").toString(), peers, "redis", "memcached");
        assertEquals(SOMETHING_TO_DO, code, output);
        assertTrue(output.contains("ok        memcached"), output);
        assertTrue(
                output.contains("apt-get install --no-install-recommends redis-server redis-tools"),
                output);
    }

    private static Path tool(final String name) {
        return Stream.of("/usr/bin", "/bin")
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldPassShellcheck() throws Exception {
        final boolean has =
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "shellcheck")));
        assumeTrue(has, "shellcheck is not installed");
        final int code =
                run(
                        "shellcheck",
                        OPS.resolve("scripts/prepare-host").toString(),
                        OPS.resolve("scripts/install-peers").toString());
        assertEquals(0, code, output);
    }
}
