package io.espalier.core.pruning;

import io.espalier.core.rules.Names;
import io.espalier.spi.EspalierException;
import java.util.Collections;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who may judge candidates, by name: what comes with Espalier, and what plugins add. Immutable. */
public final class CandidateEvaluators {
  /** The name of curves of errors, which screen candidates and run none. */
  public static final String PREDICTED = "predicted";

  /** The name of what decides where there are labels: how often a network is wrong. */
  public static final String LABELS = "labels";

  private static final Set<String> TAKEN = Set.of(PREDICTED, LABELS);

  private final Map<String, CandidateEvaluator> byKey = new TreeMap<>();

  private CandidateEvaluators(Iterable<CandidateEvaluator> evaluators) {
    for (CandidateEvaluator evaluator : evaluators) {
      if (TAKEN.contains(evaluator.key())) {
        throw new EspalierException(
            "evaluator "
                + evaluator.getClass().getName()
                + " is called \""
                + evaluator.key()
                + "\", as one that comes with Espalier is; give it another key, or take its JAR"
                + " away");
      }
      CandidateEvaluator other = byKey.putIfAbsent(evaluator.key(), evaluator);
      if (other != null) {
        throw new EspalierException(
            "two evaluators are called \""
                + evaluator.key()
                + "\": "
                + other.getClass().getName()
                + " and "
                + evaluator.getClass().getName()
                + "; take the JAR of one of them away");
      }
    }
  }

  /**
   * The evaluators on a class path.
   *
   * @throws EspalierException if one cannot be loaded, or two have one key
   */
  public static CandidateEvaluators discover(ClassLoader loader) {
    try {
      return new CandidateEvaluators(ServiceLoader.load(CandidateEvaluator.class, loader));
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new EspalierException(
          "an evaluator cannot be loaded: "
              + e.getMessage()
              + "; put what it needs beside its JAR, or take that away",
          e);
    }
  }

  /** All names: the keys of evaluators, {@link #PREDICTED} and {@link #LABELS}. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>(byKey.keySet());
    names.addAll(TAKEN);
    return Collections.unmodifiableSet(names);
  }

  /**
   * The evaluator of a key.
   *
   * @throws EspalierException that lists all names, if there is none of this key
   */
  public CandidateEvaluator get(String key) {
    if (TAKEN.contains(key)) {
      throw new EspalierException(
          Names.quote(key)
              + " needs no evaluator; ask for it by the labels or the screening of the search");
    }
    CandidateEvaluator evaluator = byKey.get(key);
    if (evaluator == null) {
      throw new EspalierException(
          "there is no evaluator " + Names.quote(key) + Names.hint(key, "evaluators", names()));
    }
    return evaluator;
  }
}
