package io.stoat.bench.target;

import java.security.CodeSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions of the libraries that targets are reached by. Any thread. */
final class Libraries {
    private static final Pattern JAR = Pattern.compile("-(\\d[^/]*)\\.jar$");

    private Libraries() {}

    /**
     * @param type of the library.
     * @return its version: what its jar says, else what the jar is called after, else "unknown".
     */
    static String version(final Class<?> type) {
        final String said = type.getPackage().getImplementationVersion();
        if (said != null) {
            return said;
        }
        final CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? "unknown" : ofJar(source.getLocation().getPath());
    }

    /** Version in the name of a jar. */
    static String ofJar(final String path) {
        final Matcher matcher = JAR.matcher(path);
        return matcher.find() ? matcher.group(1) : "unknown";
    }
}
