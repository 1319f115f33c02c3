/** Fewer rows of the table that ids of tokens pick from. */
@org.jspecify.annotations.NullMarked
package io.espalier.core.vocabulary;
