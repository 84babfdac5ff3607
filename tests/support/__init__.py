"""What tests share: what the machine must have, the cast, cases and the reference sampler."""
