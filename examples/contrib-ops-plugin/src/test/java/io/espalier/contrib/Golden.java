package io.espalier.contrib;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Results that are kept as text. What was found is written to target, to be put in their place. */
final class Golden {
  private Golden() {}

  /** What can be chosen in a space, and how many choices there are. */
  static String freedom(SearchSpace space) {
    Map<String, Integer> freedom = new TreeMap<>();
    for (Hparam hparam : space.configurableHparams().values()) {
      freedom.put(hparam.name(), hparam.choices().size());
    }
    return freedom.toString();
  }

  /** Compares lines with a resource of that name. */
  static void check(String name, Stream<String> lines) {
    String found = lines.map(line -> line + "\n").collect(Collectors.joining());
    try (InputStream in = Golden.class.getResourceAsStream(name)) {
      Files.writeString(Path.of("target", name), found);
      byte[] kept = Objects.requireNonNull(in, name).readAllBytes();
      assertEquals(new String(kept, StandardCharsets.UTF_8), found);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
