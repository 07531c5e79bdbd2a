package io.stoat.bench.rig;

import io.stoat.bench.target.NodeLauncher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A build of Stoat whose classes node and load run.
 *
 * @param name in results: {@code this}, or a git reference.
 * @param classPath of its JVMs.
 * @param jvmOptions file with the JVM's flags, or null.
 */
public record Build(String name, String classPath, Path jvmOptions) {
    /** Name of the build that this process runs. */
    public static final String THIS = "this";

    /**
     * @return the build that this process runs.
     */
    public static Build current() {
        final String options = System.getProperty("stoat.jvm.options");
        return new Build(
                THIS,
                System.getProperty("java.class.path"),
                options == null ? null : Path.of(options));
    }

    /**
     * @return the build that this process runs, without a file of flags: they are given.
     */
    public static Build currentWithoutOptions() {
        return new Build(THIS, System.getProperty("java.class.path"), null);
    }

    /**
     * @param flags of the JVM, besides those of the file.
     * @param main class to run.
     * @param arguments of the class.
     * @return the command line of a JVM.
     */
    public List<String> java(
            final List<String> flags, final Class<?> main, final Object... arguments) {
        final List<String> words = new ArrayList<>();
        words.add(NodeLauncher.JAVA);
        words.add(main.getName());
        for (final Object argument : arguments) {
            words.add(argument.toString());
        }
        return command(words, flags);
    }

    /**
     * @param command line whose first word may be {@link NodeLauncher#JAVA}.
     * @param flags for that JVM.
     * @return the command line to start.
     */
    List<String> command(final List<String> command, final List<String> flags) {
        if (!command.get(0).equals(NodeLauncher.JAVA)) {
            return command;
        }
        final List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (jvmOptions != null) {
            words.add("@" + jvmOptions);
            words.add("-Dstoat.jvm.options=" + jvmOptions);
        }
        words.addAll(flags);
        words.add("-cp");
        words.add(classPath);
        words.addAll(command.subList(1, command.size()));
        return words;
    }
}
