package io.stoat.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts many child JVMs in a third of the time: from an archive of loaded classes that a first
 * child leaves behind at its end. Such an archive knows jars only, so the class path's directories
 * are packed into one. Left out is what Chronicle Core does without and compiles stubs for at each
 * start (JNR, which allocates the blocks of a new file; thread affinity and its JNA): a third of
 * the processor time of a start.
 */
final class ChildArchive {
    private static final Pattern LEFT_OUT = Pattern.compile("(jnr|jna|affinity)-");

    private final List<String> flags;
    private final String classPath;

    private ChildArchive(final List<String> flags, final String classPath) {
        this.flags = flags;
        this.classPath = classPath;
    }

    /**
     * Runs the training child; without its archive, children start all the same, only slower.
     *
     * @param place a directory for jar and archive.
     * @param main does what the children do, and ends by itself.
     */
    static ChildArchive train(final Path place, final Class<?> main, final Object... arguments) {
        final String classPath = pack(place.resolve("classes.jar"));
        final Path archive = place.resolve("classes.jsa");
        try (ChildJvm child =
                ChildJvm.withClassPath(
                        List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable"),
                        classPath,
                        main,
                        arguments)) {
            child.await("trained");
            child.exitCode();
        }
        return new ChildArchive(
                List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable"), classPath);
    }

    /** Starts a small JVM quickly. */
    ChildJvm quick(final Class<?> main, final Object... arguments) {
        return ChildJvm.withClassPath(flags, classPath, main, arguments);
    }

    private static String pack(final Path jar) {
        final List<String> elements = new ArrayList<>(List.of(jar.toString()));
        final Set<String> names = new HashSet<>();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.setLevel(0);
            for (final String element : System.getProperty("java.class.path").split(":")) {
                if (Files.isDirectory(Path.of(element))) {
                    add(Path.of(element), out, names);
                } else if (Files.exists(Path.of(element))
                        && !LEFT_OUT.matcher(Path.of(element).getFileName().toString())
                                .lookingAt()) {
                    elements.add(element);
                }
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return String.join(":", elements);
    }

    private static void add(
            final Path directory, final JarOutputStream out, final Set<String> names)
            throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                final String name = directory.relativize(file).toString();
                if (names.add(name)) {
                    out.putNextEntry(new JarEntry(name));
                    Files.copy(file, out);
                    out.closeEntry();
                }
            }
        }
    }
}
