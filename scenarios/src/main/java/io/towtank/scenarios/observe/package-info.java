/**
 * What is seen of a run from outside: counts that follow the store's writes, and how long pods
 * took.
 *
 * <p>Nothing here changes a run: with or without observers it has the same digest.
 */
package io.towtank.scenarios.observe;
