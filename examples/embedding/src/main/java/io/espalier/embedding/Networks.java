package io.espalier.embedding;

import java.nio.file.Path;
import java.util.function.Supplier;

/** What a user may name: a file, or a class that makes a network. */
final class Networks {
  private static final String CLASS = "class:";

  private Networks() {}

  static Object of(String name) throws ReflectiveOperationException {
    return name.startsWith(CLASS)
        ? Class.forName(name.substring(CLASS.length()))
            .asSubclass(Supplier.class)
            .getDeclaredConstructor()
            .newInstance()
            .get()
        : Path.of(name);
  }
}
