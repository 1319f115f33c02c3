package io.espalier.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What plugins and applications are compiled against, as text: a change of it is seen in review. It
 * is written anew with {@code -Despalier.write=true}. Against a version that was released, the
 * profile {@code baseline} compares binaries.
 */
class PublicApiTest {
  private static final Path FILE =
      Path.of("src", "test", "resources", "io", "espalier", "core", "api.txt");

  /** Rooms of core, and helpers that its packages share: no promise is made of them. */
  private static final List<String> INTERNAL =
      List.of(
          "io.espalier.core.structure.",
          "io.espalier.core.space.",
          "io.espalier.core.importance.",
          "io.espalier.core.checks.",
          "io.espalier.core.cost.CostSheet",
          "io.espalier.core.values.Json",
          "io.espalier.core.values.ConfigJson");

  @Test
  void isWhatWasAgreedOn() throws Exception {
    List<String> lines = new ArrayList<>();
    for (Class<?> origin : List.of(DMRegistry.class, SearchSpaces.class)) {
      for (String name : classes(origin)) {
        if (INTERNAL.stream().anyMatch(name::startsWith)) {
          continue;
        }
        describe(Class.forName(name, false, origin.getClassLoader()), lines);
      }
    }
    String found = String.join("\n", lines) + "\n";
    if (Boolean.getBoolean("espalier.write")) {
      Files.writeString(FILE, found);
    }
    assertEquals(
        Files.readString(FILE),
        found,
        "the public API is another one; if that is meant, run this test with"
            + " -Despalier.write=true");
  }

  /** A type that is hidden cannot be named by who is handed it. */
  @Test
  void standsOnNothingThatIsHidden() throws Exception {
    List<String> hidden = new ArrayList<>();
    for (String name : classes(SearchSpaces.class)) {
      Class<?> type = Class.forName(name, false, SearchSpaces.class.getClassLoader());
      Stream.concat(Arrays.stream(type.getInterfaces()), Stream.ofNullable(type.getSuperclass()))
          .filter(above -> isShown(type) && !isShown(above))
          .forEach(above -> hidden.add(name + " is a " + above.getName()));
    }
    assertEquals(List.of(), hidden);
  }

  private static boolean isShown(Class<?> type) {
    for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
      if (!isOpen(outer.getModifiers()) || outer.isAnonymousClass()) {
        return false;
      }
    }
    return true;
  }

  /** The names of all classes that were built with one: in its folder, or its JAR. */
  private static Set<String> classes(Class<?> origin) throws IOException, URISyntaxException {
    URI place = origin.getProtectionDomain().getCodeSource().getLocation().toURI();
    if (Files.isDirectory(Path.of(place))) {
      return classes(Path.of(place));
    }
    try (FileSystem jar = FileSystems.newFileSystem(Path.of(place), Map.of())) {
      return classes(jar.getPath("/"));
    }
  }

  private static Set<String> classes(Path root) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(root)) {
      files
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .forEach(names::add);
    }
    return names;
  }

  private static boolean isOpen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void describe(Class<?> type, List<String> lines) {
    if (!isShown(type)) {
      return;
    }
    lines.add(type.toGenericString());
    if (type.getGenericSuperclass() != null) {
      lines.add("  extends " + type.getGenericSuperclass().getTypeName());
    }
    Arrays.stream(type.getGenericInterfaces())
        .map(each -> "  implements " + each.getTypeName())
        .sorted()
        .forEach(lines::add);
    List<String> members = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if (isOpen(field.getModifiers()) && !field.isSynthetic()) {
        members.add("  " + field.toGenericString());
      }
    }
    Stream.of(type.getDeclaredConstructors(), type.getDeclaredMethods())
        .flatMap(Arrays::<Executable>stream)
        .filter(each -> isOpen(each.getModifiers()) && !each.isSynthetic())
        .map(each -> "  " + each.toGenericString())
        .forEach(members::add);
    members.sort(Comparator.naturalOrder());
    lines.addAll(members);
  }
}
