"""The tests of callmend."""
