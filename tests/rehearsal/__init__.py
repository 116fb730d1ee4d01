"""The template, deployed to an emulator of AWS and used as clients use it."""
