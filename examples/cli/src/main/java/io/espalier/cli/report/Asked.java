package io.espalier.cli.report;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What was asked for.
 *
 * @param command the command as a shell takes it again
 * @param options the options, those that were given first
 */
public record Asked(String command, List<Option> options) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

  public Asked {
    options = List.copyOf(options);
  }

  /**
   * An option.
   *
   * @param given whether the user gave it; else it is as it usually is
   */
  public record Option(String name, String value, boolean given) {}

  /** What a command line asked for, word by word. */
  public static Asked of(List<String> words, List<Option> options) {
    return new Asked(
        "./espalier " + words.stream().map(Asked::quoted).collect(Collectors.joining(" ")),
        options);
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
