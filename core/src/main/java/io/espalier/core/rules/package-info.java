/**
 * Rules: which layers are opened, and which choices they get. {@link io.espalier.core.rules.Rules}
 * is what the user wrote; {@link io.espalier.core.rules.ResolvedRules} is what it means for the
 * layer types that exist.
 */
@NullMarked
package io.espalier.core.rules;

import org.jspecify.annotations.NullMarked;
