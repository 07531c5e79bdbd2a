package io.stoat.ops;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * A time to live as people write it: a number and one of ms, s, m, h, d.
 *
 * @param ms the time, ms, more than 0.
 */
record Ttl(long ms) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    static Ttl parse(final String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is no time: write a number and ms, s, m, h or d, such as 500ms or 5s");
        }
        final long count = Long.parseLong(matcher.group(1));
        final TimeUnit unit =
                switch (matcher.group(2)) {
                    case "ms" -> TimeUnit.MILLISECONDS;
                    case "s" -> TimeUnit.SECONDS;
                    case "m" -> TimeUnit.MINUTES;
                    case "h" -> TimeUnit.HOURS;
                    default -> TimeUnit.DAYS;
                };
        if (count == 0) {
            throw new TypeConversionException(
                    "'" + text + "' is no time to live: it must be more than 0");
        }
        return new Ttl(unit.toMillis(count));
    }
}
