package io.espalier.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a Markdown document.
 *
 * @param line the line it starts at, from 1
 * @param language what stands behind the fence: {@code java}, {@code sh}
 * @param file the file it is to be saved as, from the fence too; empty for most
 * @param text what is between the fences
 */
record CodeBlock(int line, String language, String file, String text) {
  private static final Pattern FENCED =
      Pattern.compile("(?ms)^```(\\w+)(?: +(\\S+))?$\\n(.*?)^```$");

  static List<CodeBlock> of(String document) {
    List<CodeBlock> blocks = new ArrayList<>();
    Matcher matcher = FENCED.matcher(document);
    while (matcher.find()) {
      String file = matcher.group(2) == null ? "" : matcher.group(2);
      int line = (int) document.substring(0, matcher.start()).lines().count() + 1;
      blocks.add(new CodeBlock(line, matcher.group(1), file, matcher.group(3)));
    }
    return blocks;
  }
}
