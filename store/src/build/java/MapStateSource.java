import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Build step: writes the source of the class that Chronicle Map would else generate and compile in every process that opens a shard,
 * a second of its start. Argument: the directory for sources.
 */
final class MapStateSource {
    private MapStateSource() {}

    public static void main(final String[] args) throws Exception {
        System.setProperty("chronicle.values.dumpCode", "true");
        final ByteArrayOutputStream dump = new ByteArrayOutputStream();
        final PrintStream out = System.out;
        final PrintStream err = System.err;
        System.setOut(new PrintStream(dump, true, StandardCharsets.UTF_8));
        // it says that it found no logger
        System.setErr(System.out);
        final Class<?> generated = generate();
        System.setOut(out);
        System.setErr(err);
        final String text = dump.toString(StandardCharsets.UTF_8);
        final int start = text.indexOf("package " + generated.getPackageName() + ";");
        if (start < 0) {
            throw new IllegalStateException("Chronicle Values printed no source: " + text);
        }
        final Path file = Path.of(args[0], generated.getName().replace('.', '/') + ".java");
        final String source = text.substring(start);
        // unchanged, it need not be compiled again
        if (!Files.exists(file) || !source.equals(Files.readString(file))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, source);
        }
    }

    /** With the libraries alone: the class of an earlier build must not be found. */
    private static Class<?> generate() throws Exception {
        final List<URL> jars = new ArrayList<>();
        for (final String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (Files.isRegularFile(Path.of(element))) {
                jars.add(Path.of(element).toUri().toURL());
            }
        }
        final ClassLoader libraries =
                new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        final Class<?> type = libraries.loadClass("net.openhft.chronicle.hash.VanillaGlobalMutableState");
        final Class<?> models = libraries.loadClass("net.openhft.chronicle.values.ValueModel");
        final Object model = models.getMethod("acquire", Class.class).invoke(null, type);
        return (Class<?>) models.getMethod("nativeClass").invoke(model);
    }
}
