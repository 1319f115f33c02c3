package io.espalier.text;

import com.google.auto.service.AutoService;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSource;
import io.espalier.core.data.Samples;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Lines of text: of a {@code .txt} file each is a sample, of a {@code .tsv} file each is two, with
 * a score of how alike they are in a third column.
 */
@AutoService(DataSource.class)
public final class TextSource implements DataSource {
  private static final String TOKENIZER = "tokenizer";
  private static final String MAX_TOKENS = "max-tokens";
  private static final String PAIRS = ".tsv";

  @Override
  public String name() {
    return "text";
  }

  @Override
  public String reads() {
    return "a .txt or .tsv file";
  }

  @Override
  public boolean accepts(String location) {
    return (ends(location, ".txt") || ends(location, PAIRS)) && !isFolder(location);
  }

  private static boolean ends(String location, String ending) {
    return location.toLowerCase(Locale.ROOT).endsWith(ending);
  }

  private static boolean isFolder(String location) {
    try {
      return Files.isDirectory(Path.of(location));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public List<DataOption> options() {
    return List.of(
        new DataOption(TOKENIZER, "PATH", "For text: the tokenizer.json of the model."),
        new DataOption(
            MAX_TOKENS,
            "N",
            "For text: what of a line goes beyond so many tokens is cut off (default: what the"
                + " tokenizer says, else 512)."));
  }

  @Override
  public Samples open(DataRequest request) {
    String location = request.location();
    String tokenizer = request.options().get(TOKENIZER);
    if (tokenizer == null) {
      throw new DataException(
          location + " is text; give the tokenizer.json of the model by --tokenizer PATH");
    }
    TextInputs inputs = TextInputs.of(location, request.inputs());
    TextLines lines = ends(location, PAIRS) ? TextLines.pairs(location) : TextLines.of(location);
    int most = mostTokens(request.options().getOrDefault(MAX_TOKENS, ""));
    LineTokenizer tokens = LineTokenizer.open(tokenizer, most, inputs.length());
    return new TextSamples(location, lines, inputs, tokens);
  }

  /** What was asked for; 0 where nothing was. */
  private static int mostTokens(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    if (!text.matches("0*[1-9][0-9]{0,5}")) {
      throw new DataException(
          "--" + MAX_TOKENS + " is \"" + text + "\", and must be a whole number from 1 to 999999");
    }
    return Integer.parseInt(text);
  }
}
