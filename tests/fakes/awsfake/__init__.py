"""The parts of the loopback AWS; fake_aws.py beside this folder is the program."""
