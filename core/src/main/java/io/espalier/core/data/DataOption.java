package io.espalier.core.data;

/**
 * Something a source wants to be told, as {@code --tokenizer PATH} on the command line.
 *
 * @param name its name, small letters, digits and dashes: {@code tokenizer}
 * @param label what stands for its value in a help text: {@code PATH}
 * @param description what it means, in a sentence
 */
public record DataOption(String name, String label, String description) {
  public DataOption {
    if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is no name of an option; use small letters, digits and dashes");
    }
  }
}
