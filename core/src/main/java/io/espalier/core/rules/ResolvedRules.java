package io.espalier.core.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rules that were checked against the layer types that exist, and say of each layer what it may
 * become.
 */
public final class ResolvedRules {
  private final Rules rules;
  private final Map<String, TypeRule> types;

  ResolvedRules(Rules rules, Map<String, TypeRule> types) {
    this.rules = rules;
    this.types = Map.copyOf(types);
  }

  /** The rules that were resolved, every type by its key. */
  public Rules rules() {
    return rules;
  }

  /**
   * What the rules say of a layer.
   *
   * @param key the key of the layer's type
   * @param layerName the layer's full name
   * @return empty where the layer is frozen
   * @throws IllegalArgumentException if no module has this key
   */
  public Optional<LayerOptions> options(String key, String layerName) {
    TypeRule type = types.get(key);
    if (type == null) {
      throw new IllegalArgumentException(
          "these rules were resolved without a module for "
              + key
              + Names.hint(key, "types", types.keySet()));
    }
    return type.options(layerName);
  }

  /**
   * Checks that every glob matches a layer of its type. A type that no layer has is fine, and its
   * globs are not checked.
   *
   * @param layerNames the full names of the layers of each type that occurs, by the key of the type
   * @throws RulesException if a glob matches none
   */
  public void checkGlobs(Map<String, ? extends Collection<String>> layerNames) {
    layerNames.forEach(
        (key, names) -> {
          TypeRule type = types.get(key);
          if (type != null && !names.isEmpty()) {
            type.globs().forEach(glob -> checkGlob(type, glob, names));
          }
        });
  }

  private static void checkGlob(TypeRule type, Glob glob, Collection<String> names) {
    if (glob.toString().equals("*") || names.stream().anyMatch(glob::matches)) {
      return;
    }
    // A glob that is a misspelt option gets here too, where its value is null.
    Set<String> options = new HashSet<>(type.optionNames());
    List<String> candidates = new ArrayList<>(glob.literal() ? options : List.of());
    candidates.addAll(names);
    Optional<String> nearest =
        candidates.stream()
            .map(name -> Map.entry(name, glob.distance(name)))
            .filter(near -> near.getValue() <= Names.limit(glob.literals()))
            .min(
                Map.Entry.<String, Integer>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey);
    throw new RulesException(
        "the glob "
            + Names.quote(glob.toString())
            + " for "
            + type.key()
            + " matches no layer"
            + Names.didYouMean(nearest)
            + Names.listing("layers", names));
  }
}
