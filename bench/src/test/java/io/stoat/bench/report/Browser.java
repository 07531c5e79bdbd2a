package io.stoat.bench.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;

/** A headless Chromium that loads one page: its document, what it looks like, and what it logs. */
final class Browser {
    private static final List<String> PROGRAMS =
            List.of(
                    "chromium",
                    "chromium-browser",
                    "google-chrome",
                    "google-chrome-stable",
                    "headless_shell",
                    "chrome-headless-shell");

    private final Path program;
    private final Path directory;

    private Browser(final Path program, final Path directory) {
        this.program = program;
        this.directory = directory;
    }

    /**
     * The browser of this host: what CHROME_BIN names, else the first on the path; without one the
     * test is skipped, and says so.
     */
    static Browser orSkip(final Path directory) {
        final Path found = find(System.getenv());
        if (found == null) {
            System.out.println(
                    "ReportInABrowserTest SKIPPED: no Chromium in CHROME_BIN or on the path, the report is not rendered");
        }
        Assumptions.assumeTrue(found != null, "no Chromium");
        return new Browser(found, directory);
    }

    /** The program that an environment leads to, or null. */
    static Path find(final Map<String, String> environment) {
        final String named = environment.getOrDefault("CHROME_BIN", "");
        if (!named.isEmpty() && Files.isExecutable(Path.of(named))) {
            return Path.of(named);
        }
        return Stream.of(environment.getOrDefault("PATH", "/usr/bin").split(":"))
                .flatMap(place -> PROGRAMS.stream().map(name -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /**
     * @return the document after its scripts ran.
     */
    String document(final Path page, final String... flags) throws Exception {
        final Path document = directory.resolve("document.html");
        run(page, document, with(flags, "--dump-dom"));
        return Files.readString(document, StandardCharsets.UTF_8);
    }

    /**
     * @return what the page looks like.
     */
    BufferedImage picture(final Path page, final String... flags) throws Exception {
        final Path picture = directory.resolve("picture.png");
        Files.deleteIfExists(picture);
        run(
                page,
                directory.resolve("output"),
                with(flags, "--hide-scrollbars", "--screenshot=" + picture));
        assertTrue(Files.exists(picture), log());
        return ImageIO.read(picture.toFile());
    }

    /**
     * @return the page as it is printed: a PDF file, its bytes as characters.
     */
    String print(final Path page, final String... flags) throws Exception {
        final Path paper = directory.resolve("paper.pdf");
        run(
                page,
                directory.resolve("output"),
                with(flags, "--no-pdf-header-footer", "--print-to-pdf=" + paper));
        assertTrue(Files.exists(paper), log());
        return Files.readString(paper, StandardCharsets.ISO_8859_1);
    }

    /**
     * @return what the last page wrote to the console, errors too.
     */
    List<String> console() throws IOException {
        return log().lines().filter(line -> line.contains(":CONSOLE")).toList();
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("browser.log"), StandardCharsets.UTF_8);
    }

    private static List<String> with(final String[] flags, final String... more) {
        return Stream.of(flags, more).flatMap(Stream::of).toList();
    }

    private void run(final Path page, final Path output, final List<String> flags)
            throws Exception {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                program.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--enable-logging=stderr",
                                "--user-data-dir=" + directory.resolve("profile")));
        command.addAll(flags);
        command.add(page.toUri().toString());
        final Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(directory.resolve("browser.log").toFile())
                        .start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "chromium did not end");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
